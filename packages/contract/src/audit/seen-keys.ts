import { z } from 'zod'
import type { Fault } from './fault.ts'
import { keyHex, type PublicKey } from './public-keys.ts'
import type { SealedEvent } from './sealed-event.ts'

/** How the record names a public key: an event of type `signing_key.added`. Hex, which no redaction takes for a secret. */
export const signingKeyAdded = z.object({ kid: z.string(), public_key_hex: z.string() })

/** Public keys that rows of the chain vouch for, against those that the record hands out beside it. */
export function seenKeys(handedOut: readonly PublicKey[]) {
  const vouched = new Set<string>()
  return {
    faultOf(row: SealedEvent): Fault | undefined {
      if (row.type !== 'signing_key.added') return undefined
      const named = signingKeyAdded.safeParse(row.data).data
      if (named === undefined) return undefined
      vouched.add(named.public_key_hex)
      const isOther = handedOut.some((key) => key.kid === named.kid && keyHex(key) !== named.public_key_hex)
      return isOther ? { seq: row.seq, id: row.id, problem: 'changed', of: 'key', kid: named.kid } : undefined
    },

    /** Whether rows name keys, and not this one. Before the first of them a chain says nothing about its keys. */
    isStranger(key: PublicKey): boolean {
      return vouched.size > 0 && !vouched.has(keyHex(key))
    },
  }
}
