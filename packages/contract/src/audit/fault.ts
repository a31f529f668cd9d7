/** The first thing that is not as it was written. */
export type Fault = {
  /** The place in the chain; of what stands behind the last row, the place after it. */
  seq: number
  /** The row; null where there is none any more. */
  id: string | null
  problem: 'changed' | 'removed' | 'added' | 'moved'
} & (
  | { of: 'row' }
  /** The rows between `since` and `seq` lead to another hash than the one that was signed. */
  | { of: 'chain'; since: number; kid: string; at: string }
  /** A large body, by its digest. */
  | { of: 'body'; digest: string }
  /** A head, by its signature, its key, its columns; the newest one by who signed it; or there is none at all. */
  | {
      of: 'head'
      reason: 'signature' | 'unknown_key' | 'columns' | 'unreadable' | 'not_own' | 'none'
      kid: string | null
    }
  /** A public key that the record hands out, and that is not the one it names. */
  | { of: 'key'; kid: string }
  /** Rows at the end: a head signed more. */
  | { of: 'tail'; signed_seq: number; at: string }
)
