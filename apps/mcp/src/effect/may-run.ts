import { pointerOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { isRunField } from './highlights/execution/fields-run.ts'
import type { IsRun } from './highlights/execution/keys-run.ts'
import { isMentioned } from './highlights/execution/mentions.ts'
import { interprets } from './highlights/execution/started-by.ts'
import { isStartupVariable } from './highlights/execution/startup-variables.ts'
import { isPem } from './is-pem.ts'
import { isRecord } from './is-record.ts'

/** Under these, in whatever kind of object, stands what is run, or what it is run from. */
const running = new Set(['command', 'args', 'image', 'script', 'scripts', 'source', 'entrypoint', 'exec', 'lifecycle'])

/**
 * Whether a text at this place of an object would end in what runs. Where that cannot be told from the object, it may: a
 * ConfigMap is mounted by pods that are not in sight. A value of a Secret counts where it could be a script, or pods in
 * sight run it (`isRunKey`); nearly all are passwords and keys.
 */
export function mayRun(
  object: unknown,
  tokens: readonly string[],
  text: string,
  isRunKey: IsRun = () => false,
): boolean {
  if (tokens.some((token) => running.has(token))) return true
  if (!isRecord(object)) return false
  if (isRunField(object, tokens, text)) return true
  const isData = ['data', 'binaryData', 'stringData'].includes(tokens[0] ?? '')
  if (object.kind === 'ConfigMap') return isData
  if (object.kind === 'Secret') return isData && isRunFromSecret(tokens, text, isRunKey)
  return tokens.at(-1) === 'value' && tokens.at(-3) === 'env' && isRunningVariable(object, tokens)
}

/** A run time runs it by itself, what starts the container names it, or makes code of texts. */
function isRunningVariable(object: unknown, tokens: readonly string[]): boolean {
  const path = pointerOf(tokens.slice(0, -3))
  const container = valueAt(object, path)
  const name = valueAt(object, pointerOf([...tokens.slice(0, -1), 'name']))
  if (typeof name === 'string' && isStartupVariable(name)) return true
  if (!isRecord(container)) return false
  const part = { path, value: container }
  return interprets(part) || (typeof name === 'string' && isMentioned(part, name))
}

const scriptName = /\.(?:sh|bash|py|rb|pl|php|js|mjs|cjs|lua|awk|ps1|bat|cmd|groovy)$/i
const program = /^(?:#!|\x7fELF|MZ)/

/** The server looks into hardly any value, whatever type the Secret says it is of. */
function isRunFromSecret(tokens: readonly string[], text: string, isRunKey: IsRun): boolean {
  const [field, key = ''] = tokens
  const value = field === 'data' ? Buffer.from(text, 'base64').toString('latin1') : text
  if (scriptName.test(key) || program.test(value)) return true
  if (isPem(value)) return false
  // A shell finds its orders in JSON, too.
  return isRunKey(key, value) || (/\s/.test(value.trim()) && !isJson(value))
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
