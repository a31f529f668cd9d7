import { randomUUID } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import { sessions } from './session.table.ts'
import { users } from './user.table.ts'

export type SignIn = { email: string; password: string; address: string; userAgent: string | undefined }

/**
 * Opens a session for who knows the password. A wrong one, an unknown and an inactive user look the same, in time too.
 * Tries are counted before the password is looked at, so that many at once are no way around the limit.
 */
export async function signIn(
  ports: { db: Db; recordAudit: RecordAuthEvent; failedLogins: RateLimit },
  { email, password, address, userAgent }: SignIn,
): Promise<{ userId: string; sessionId: string }> {
  const { db, recordAudit, failedLogins } = ports
  const name = email.trim().toLowerCase()
  const counted = [`email ${name}`, `address ${address}`]
  for (const key of counted) await failedLogins.count(key)

  const [user] = await db.select().from(users).where(eq(users.email, name))
  const found = await checkPassword(password, user?.hashed_password)
  if (user === undefined || found === 'wrong' || !user.is_active) {
    const who = { actor: name.slice(0, 255), actor_ip: address, user_id: user?.id ?? null }
    await recordAudit(db, { ...who, type: 'auth.failed', data: { user_agent: userAgent ?? null } })
    throw new Refusal('badCredentials')
  }
  for (const key of counted) await failedLogins.uncount(key)

  const upgraded = found === 'old' ? await hashPassword(password) : undefined
  const sessionId = randomUUID()
  await db.transaction(async (tx) => {
    if (upgraded) await tx.update(users).set({ hashed_password: upgraded }).where(eq(users.id, user.id))
    await tx.insert(sessions).values({ id: sessionId, user_id: user.id, address, user_agent: userAgent?.slice(0, 500) })
    const who = { actor: user.email, actor_ip: address, user_id: user.id }
    const data = { session_id: sessionId, user_agent: userAgent ?? null }
    await recordAudit(tx, { ...who, type: 'auth.signed_in', data })
  })
  return { userId: user.id, sessionId }
}
