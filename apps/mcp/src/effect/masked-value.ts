import { type HowHidden, replaceHidden } from './hidden-places.ts'
import { hiddenMark } from './hidden-value.ts'
import type { Origin } from './origins.ts'

/** One part of a text that is hidden: `at` is where its mark begins in the shown text. */
export type HiddenSpan = {
  path: string
  at: number
  mark: string
  hash?: string
  /** As it stands in the object. */
  text: string
  bytes: number
  /** It is in the cluster already, at the same place. */
  isUnchanged: boolean
  origin: Origin
}

export type Masked = { value: unknown; spans: HiddenSpan[] }

/**
 * The part of `object` at `path` (`""` for all of it) in a form that may be shown, and what is hidden in it: a keyed hash
 * stands for each secret, and all around it stays.
 */
export function maskedParts(
  object: unknown,
  path: string,
  redactionKey: Uint8Array | undefined,
  how: HowHidden,
): Masked {
  const spans: HiddenSpan[] = []
  const value = replaceHidden(object, path, how, ({ text, path: place, parts, isUnchanged, origin }) => {
    let shown = ''
    let from = 0
    for (const { start, end, bytes } of parts) {
      shown += text.slice(from, start)
      const { mark, hash } = hiddenMark(bytes, redactionKey)
      const hidden = { text: text.slice(start, end), bytes: bytes.length, isUnchanged, origin }
      const span = { path: place, at: shown.length, mark, ...hidden }
      spans.push(hash === undefined ? span : { ...span, hash })
      shown += mark
      from = end
    }
    return shown + text.slice(from)
  })
  return { value, spans }
}

export function maskedValue(
  object: unknown,
  path: string,
  redactionKey: Uint8Array | undefined,
  how: HowHidden,
): unknown {
  return maskedParts(object, path, redactionKey, how).value
}
