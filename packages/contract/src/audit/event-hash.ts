import type { AuditEvent } from '../endpoints/audit.ts'
import { canonicalJson, sha256 } from '../json/digest.ts'

/** What the first sealed row follows. */
export const GENESIS_HASH = '0'.repeat(64)

/** `sha256(prev_hash || JCS(event))`, the event without the three columns of its place: a stranger can compute it. */
export function eventHash(prevHash: string, event: AuditEvent): string {
  const { seq: _seq, prev_hash: _prev, hash: _hash, ...content } = event
  return sha256(prevHash + canonicalJson(content))
}
