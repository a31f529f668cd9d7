import { type PublicKey, publicKeysIn } from '@fairlead/contract/audit/public-keys'
import type { ChainKeys } from './verify-chain.ts'

/**
 * The keys to check the own record with: of a name that the engine's key file has, that file's key, whatever the database
 * says; retired ones as they are kept. Whoever owns the database could put a key there, so the newest head has to be of
 * the key file.
 */
export function chainKeys({ own, kept }: { own: readonly PublicKey[]; kept: readonly unknown[] }): ChainKeys {
  const handedOut = publicKeysIn(kept)
  const names = new Set(own.map(({ kid }) => kid))
  return { own, trusted: [...own, ...handedOut.filter(({ kid }) => !names.has(kid))], handedOut }
}
