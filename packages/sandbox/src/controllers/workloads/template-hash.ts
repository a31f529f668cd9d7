import { createHash } from 'node:crypto'
import { canonicalText, type Json } from '../../api/values/json.ts'

const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** A short name for a pod template: the same for equal ones. */
export function templateHash(template: object): string {
  const digest = createHash('sha256')
    .update(canonicalText(template as Json))
    .digest()
  return [...digest.subarray(0, 10)].map((byte) => letters[byte % letters.length]).join('')
}
