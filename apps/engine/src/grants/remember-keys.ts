import type { Db } from '../db/database.ts'
import { signingKeys } from './signing-key.table.ts'
import type { PublicJwk } from './signing-keys.ts'

/** Keeps public keys for good: an export is checked with the key that signed it, long after that one was retired. */
export async function rememberKeys(db: Db, keys: readonly PublicJwk[]): Promise<void> {
  const rows = keys.map((jwk) => ({ kid: jwk.kid, jwk }))
  await db.insert(signingKeys).values(rows).onConflictDoNothing()
}

/** Every public key that ever signed here. */
export async function readKeys(db: Db): Promise<Record<string, unknown>[]> {
  const rows = await db.select({ jwk: signingKeys.jwk }).from(signingKeys)
  return rows.map(({ jwk }) => jwk)
}
