import { keyHex, type PublicKey } from '@fairlead/contract/audit/public-keys'
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { auditEvents } from './audit-event.table.ts'
import { recordAudit } from './record-audit.ts'
import { SEAL_BATCH, seal } from './seal.ts'

const KEYS_LOCK = 0x6b65_7973

/**
 * Names public keys in the record, each once over every engine and restart, and resolves when that is sealed: a head is
 * only signed with a key that the chain before it knows. A record that names none yet gets those of the past as well.
 */
export async function recordKeys(
  db: Db,
  { signing, past }: { signing: readonly PublicKey[]; past: readonly PublicKey[] },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${KEYS_LOCK})`)
    const rows = await tx
      .select({ hex: sql<string>`${auditEvents.data}->>'public_key_hex'` })
      .from(auditEvents)
      .where(eq(auditEvents.type, sql`'signing_key.added'`))
    const known = new Set(rows.map(({ hex }) => hex))
    const keys = known.size === 0 ? [...past, ...signing] : signing
    const fresh = new Map(keys.map((key) => [keyHex(key), key.kid ?? '']))
    for (const hex of known) fresh.delete(hex)
    await recordAudit(
      tx,
      Array.from(fresh, ([public_key_hex, kid]) => ({
        actor: 'engine',
        type: 'signing_key.added' as const,
        data: { kid, public_key_hex },
      })),
    )
  })
  while ((await seal(db)) === SEAL_BATCH);
}
