import { describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import { rememberKeys } from './remember-keys.ts'
import { signingKeys } from './signing-key.table.ts'
import { makeSigningKey, parseSigningKeys } from './signing-keys.ts'

describe.each(databases)('public keys on $name', ({ open }) => {
  test('are kept once each, for good', async () => {
    const { db, close } = await open()
    try {
      const [one, two] = await Promise.all(
        [makeSigningKey(), makeSigningKey()].map(async (text) => parseSigningKeys(await text)),
      )
      const kids = [one?.kid, two?.kid].sort()
      await rememberKeys(db, one?.published ?? [])
      await rememberKeys(db, [...(one?.published ?? []), ...(two?.published ?? [])])
      const rows = await db.select().from(signingKeys)
      expect(rows.map(({ kid }) => kid).sort()).toEqual(kids)
      expect(rows.every(({ kid, jwk }) => jwk.kid === kid && !('d' in jwk))).toBe(true)
    } finally {
      await close()
    }
  })
})
