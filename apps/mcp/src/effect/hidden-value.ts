import { createHmac } from 'node:crypto'

/** Values shorter than this could be found by trying them all, so not even a hash of them is shown. */
const shortestHashed = 16

/**
 * What stands in an effect for a value that nobody may read: `***(<n> bytes, <12 hex>)`, the hex digits the beginning
 * of an HMAC-SHA256 under the installation's key, so that a change is seen and the value is not. `***` alone for values
 * under 16 characters, or without a key.
 */
export function hiddenValue(value: Uint8Array, key: Uint8Array | undefined): string {
  if (key === undefined || value.length < shortestHashed) return '***'
  const hash = createHmac('sha256', key).update(value).digest('hex').slice(0, 12)
  return `***(${value.length} bytes, ${hash})`
}
