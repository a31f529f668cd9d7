import { redactText } from '../output/redact.ts'
import { isRecord } from './is-record.ts'
import { pointerOf, tokensOf } from './json-pointer.ts'

/** A string inside an object that may not be read: `bytes` is what it stands for, base64 of Secrets decoded. */
export type HiddenString = {
  text: string
  path: string
  bytes: Uint8Array
  /** The text with only its secret parts taken out, where it is more than a secret. */
  redacted?: string
}

/**
 * Copies `value`, which stands at `path` of an object of `kind`, with every string that may not be read replaced: all
 * values of a Secret's `data` and `stringData`, and elsewhere texts of a known secret shape.
 */
export function replaceHidden(
  value: unknown,
  at: { kind: string; path?: string },
  replace: (hidden: HiddenString) => unknown,
): unknown {
  const walk = (current: unknown, tokens: readonly string[]): unknown => {
    if (typeof current === 'string') {
      const hidden = hiddenString(current, at.kind, tokens)
      return hidden === undefined ? current : replace(hidden)
    }
    if (Array.isArray(current)) return current.map((element, index) => walk(element, [...tokens, String(index)]))
    if (!isRecord(current)) return current
    return Object.fromEntries(Object.entries(current).map(([key, entry]) => [key, walk(entry, [...tokens, key])]))
  }
  return walk(value, tokensOf(at.path ?? ''))
}

function hiddenString(text: string, kind: string, tokens: readonly string[]): HiddenString | undefined {
  const path = pointerOf(tokens)
  if (kind === 'Secret' && tokens.length === 2) {
    if (tokens[0] === 'data') return { text, path, bytes: Buffer.from(text, 'base64') }
    if (tokens[0] === 'stringData') return { text, path, bytes: Buffer.from(text) }
  }
  const redacted = redactText(text)
  return redacted === text ? undefined : { text, path, bytes: Buffer.from(text), redacted }
}
