import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { Refusal } from '@fairlead/contract/errors'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '../db/database.ts'
import { createPurposeTokens, type PurposeTokens } from './purpose-tokens.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import { users } from './user.table.ts'
import { userRead } from './user-read.ts'

/** A constant of the wire. */
const AUDIENCE = 'fastapi-users:verify'
const claims = z.object({ sub: z.uuid(), email: z.string() })
const LIFE_SECONDS = 3600

export type VerifyTokens = PurposeTokens<z.output<typeof claims>>

export function createVerifyTokens(config: Parameters<typeof createPurposeTokens>[0]): VerifyTokens {
  return createPurposeTokens(config, { audience: AUDIENCE, lifeSeconds: LIFE_SECONDS, claims })
}

/** The token says whose address it was sent to: a later address of the same account is not verified by it. */
export async function verifyAddress(
  { db, recordAudit, verifyTokens }: { db: Db; recordAudit: RecordAuthEvent; verifyTokens: VerifyTokens },
  { token, address }: { token: string; address: string },
): Promise<UserRead> {
  const named = await verifyTokens.verify(token)
  if (named === undefined) throw new Refusal('verifyTokenBad')
  const ofToken = and(eq(users.id, named.sub), eq(users.email, named.email), eq(users.is_active, true))
  return db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(ofToken).for('update')
    if (user === undefined) throw new Refusal('verifyTokenBad')
    if (user.is_verified) throw new Refusal('alreadyVerified')
    await tx.update(users).set({ is_verified: true }).where(ofToken)
    const who = { actor: user.email, actor_ip: address, user_id: user.id }
    await recordAudit(tx, { ...who, type: 'user.changed', data: { change: 'verified' } })
    return userRead({ ...user, is_verified: true })
  })
}
