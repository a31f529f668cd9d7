import { replaceHidden } from './hidden-places.ts'
import { hiddenValue } from './hidden-value.ts'

/**
 * The part of `object` at `path` (`""` for all of it) in a form that may be shown: what stands at hidden places is there
 * as a keyed hash. A text that merely contains a secret keeps its other words, with the hash of the whole behind them.
 */
export function maskedValue(object: unknown, path: string, redactionKey: Uint8Array | undefined): unknown {
  return replaceHidden(object, path, ({ bytes, redacted }) => {
    const hash = hiddenValue(bytes, redactionKey)
    return redacted === undefined ? hash : `${redacted} ${hash}`
  })
}
