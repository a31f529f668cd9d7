import { replaceHidden } from './hidden-places.ts'
import { hiddenValue } from './hidden-value.ts'

/**
 * A copy of `value` that may be shown: what stands at hidden places is there as a keyed hash. A text that merely
 * contains a secret keeps its other words, with the hash of the whole behind them.
 */
export function maskedValue(
  value: unknown,
  at: { kind: string; path?: string },
  redactionKey: Uint8Array | undefined,
): unknown {
  return replaceHidden(value, at, ({ bytes, redacted }) => {
    const hash = hiddenValue(bytes, redactionKey)
    return redacted === undefined ? hash : `${redacted} ${hash}`
  })
}
