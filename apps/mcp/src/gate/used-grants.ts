/**
 * Remembers used grants and confirmations. `spend` must be atomic over all replicas that share the store: of two calls
 * with one id exactly one is told `spent`. It throws when the store cannot say, and then nothing may be written.
 */
export type UsedGrants = {
  readonly kind: 'memory' | 'redis' | 'kubernetes'
  /** Grants issued before it (milliseconds) are not known here, so they count as used. Unset where only the store knows. */
  readonly since?: number
  /**
   * `issuedAt` in seconds, parts of one included where they are known. `before_start`: the store lost its data, or is
   * younger than the grant.
   */
  spend(id: string, issuedAt: number): Promise<'spent' | 'used' | 'before_start'>
  close(): Promise<void>
}

/** Seconds for which a used id is remembered: well beyond the life of a grant, and the life of a confirmation. */
export const REMEMBER_SECONDS = 600
