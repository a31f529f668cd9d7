import { type PublicKey, publicKeysIn } from '@fairlead/contract/audit/public-keys'
import type { ChainKeys } from './verify-chain.ts'

/**
 * The keys to check the own record with: of a name that the engine's key file has, that file's key, whatever the database
 * says; retired ones as they are kept.
 */
export function chainKeys({ own, kept }: { own: readonly PublicKey[]; kept: readonly unknown[] }): ChainKeys {
  const handedOut = publicKeysIn(kept)
  const names = new Set(own.map(({ kid }) => kid))
  return { trusted: [...own, ...handedOut.filter(({ kid }) => !names.has(kid))], handedOut }
}
