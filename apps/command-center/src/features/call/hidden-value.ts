/** A value that the tool server keeps to itself: its size and the beginning of a keyed hash, where it tells them. */
export type HiddenValue = { bytes: number | undefined; hash: string | undefined }

const mask = /^\*\*\*(?:\((\d+) bytes(?:, ([0-9a-f]+))?\))?$/
const maskBehind = /^([\s\S]*\*\*\*[\s\S]*?) \*\*\*(\((\d+) bytes, [0-9a-f]+\))$/

/** What is hidden in a text; `shown` are the words around a secret that may be read. */
export function hiddenIn(text: unknown): { shown: string | undefined; hidden: HiddenValue } | undefined {
  if (typeof text !== 'string') return undefined
  if (text === '[redacted]') return { shown: undefined, hidden: { bytes: undefined, hash: undefined } }
  const behind = maskBehind.exec(text)
  const found = mask.exec(behind === null ? text : `***${behind[2]}`)
  if (found === null) return undefined
  const [, bytes, hash] = found
  return { shown: behind?.[1], hidden: { bytes: bytes === undefined ? undefined : Number(bytes), hash } }
}

/** What the hashes of two hidden values say; undefined where one of them has none. */
export function compareHidden(before: unknown, after: unknown): 'same value' | 'another value' | undefined {
  const [left, right] = [hiddenIn(before)?.hidden.hash, hiddenIn(after)?.hidden.hash]
  if (left === undefined || right === undefined) return undefined
  return left === right ? 'same value' : 'another value'
}
