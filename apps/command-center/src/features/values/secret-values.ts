import { isRecord } from '@fairlead/contract/json/is-record'

/** Keys whose values nobody should read over a shoulder. Names of Secrets (`secretName`) and counts of tokens are none. */
const secretKey =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|authorization|cookie|credentials?|connection[_-]?string)$/i

export function isSecretKey(key: string): boolean {
  return secretKey.test(key)
}

/**
 * Whether the value at the end of `tokens` in `root` is a secret: by its key, as the value of a variable with such a
 * name, or as data of a Secret.
 */
export function isSecretAt(root: unknown, tokens: readonly string[]): boolean {
  const parents = [root]
  for (const token of tokens) parents.push(childOf(parents.at(-1), token))
  const key = tokens.at(-1)
  const parent = parents.at(-2)
  if (key === undefined) return false
  if (isSecretKey(key)) return true
  if (key === 'value' && isRecord(parent) && typeof parent.name === 'string' && isSecretKey(parent.name)) return true
  return tokens.some((token, index) => (token === 'data' || token === 'stringData') && isSecretObject(parents[index]))
}

function isSecretObject(value: unknown): boolean {
  return isRecord(value) && value.kind === 'Secret'
}

function childOf(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return value[Number(token)]
  return isRecord(value) && Object.hasOwn(value, token) ? value[token] : undefined
}
