import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json-pointer'
import { TEXT_LEVEL } from '../kube/deep-parts.ts'
import { maskSecrets } from '../output/mask-secrets.ts'
import { isSecretKey } from '../output/redact.ts'
import { isRecord } from './is-record.ts'

/** A string inside an object that may not be read: `bytes` is what it stands for, base64 of Secrets decoded. */
export type HiddenString = {
  text: string
  path: string
  bytes: Uint8Array
  /** The text with only its secret parts taken out, where it is more than a secret. */
  redacted?: string
}

/**
 * Copies the part of `object` at `path` with every string that may not be read replaced: all values of a Secret's `data`
 * and `stringData`, values of environment variables with a telling name, the manifest that kubectl keeps as an annotation,
 * texts of a known secret shape, and what is nested too deeply to be looked into.
 */
export function replaceHidden(object: unknown, path: string, replace: (hidden: HiddenString) => unknown): unknown {
  const walk = (current: unknown, tokens: readonly string[]): unknown => {
    if (typeof current === 'string') {
      const hidden = hiddenString(current, object, tokens)
      return hidden === undefined ? current : replace(hidden)
    }
    if (Array.isArray(current)) return current.map((element, index) => walk(element, [...tokens, String(index)]))
    if (!isRecord(current)) return current
    return Object.fromEntries(Object.entries(current).map(([key, entry]) => [key, walk(entry, [...tokens, key])]))
  }
  return walk(valueAt(object, path), tokensOf(path))
}

/** The manifest of an object as a text, Secrets and telling variables in it. */
const lastApplied = pointerOf(['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'])

function hiddenString(text: string, object: unknown, tokens: readonly string[]): HiddenString | undefined {
  const path = pointerOf(tokens)
  if (isRecord(object) && object.kind === 'Secret' && (tokens[0] === 'data' || tokens[0] === 'stringData')) {
    // Another group may have a kind of that name, whose data are of another form.
    const isEncoded = tokens[0] === 'data' && tokens.length === 2
    return { text, path, bytes: Buffer.from(text, isEncoded ? 'base64' : 'utf8') }
  }
  const isTelling = isTellingVariable(object, tokens) || path === lastApplied
  // The text of something that nobody has looked into.
  if (isTelling || tokens.length >= TEXT_LEVEL) return { text, path, bytes: Buffer.from(text) }
  const redacted = maskSecrets(text)
  return redacted === text ? undefined : { text, path, bytes: Buffer.from(text), redacted }
}

/** `…/env/2/value` of a variable whose name says that it is a secret. */
function isTellingVariable(object: unknown, tokens: readonly string[]): boolean {
  if (tokens.at(-1) !== 'value' || tokens.at(-3) !== 'env') return false
  const name = valueAt(object, pointerOf([...tokens.slice(0, -1), 'name']))
  return typeof name === 'string' && isSecretKey(name)
}
