import { createHmac } from 'node:crypto'

/** Values shorter than this could be found by trying them all, so not even a hash of them is shown. */
const shortestHashed = 16

/** What stands in an effect for a value that nobody may read. */
export type HiddenMark = { mark: string; hash?: string }

/**
 * `***(<n> bytes, <12 hex>)`, the hex digits the beginning of an HMAC-SHA256 under the installation's key, so that a
 * change is seen and the value is not. `***` alone for values under 16 bytes, or without a key.
 */
export function hiddenMark(value: Uint8Array, key: Uint8Array | undefined): HiddenMark {
  if (key === undefined || value.length < shortestHashed) return { mark: '***' }
  const hash = createHmac('sha256', key).update(value).digest('hex').slice(0, 12)
  return { mark: `***(${value.length} bytes, ${hash})`, hash }
}

const marked = /^\*{3}(?:\(\d+ bytes, [0-9a-f]{12}\))?$/

/** Whether a text is nothing but such a mark. */
export function isHiddenMark(text: string): boolean {
  return marked.test(text)
}
