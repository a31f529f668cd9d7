import { randomUUID } from 'node:crypto'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { KnownDevices } from './known-devices.ts'
import { type LoginLimits, loginLimit } from './login-limit.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import { sessions } from './session.table.ts'
import { users } from './user.table.ts'

export type SignIn = {
  email: string
  password: string
  address: string
  /** What the device keeps of an earlier sign-in. */
  deviceMark: string | undefined
  userAgent: string | undefined
}

export type SignInPorts = { db: Db; recordAudit: RecordAuthEvent; loginLimits: LoginLimits; devices: KnownDevices }

/**
 * Opens a session for who knows the password. A wrong one, an unknown and an inactive user look the same, in time too.
 */
export async function signIn(
  { db, recordAudit, loginLimits, devices }: SignInPorts,
  { email, password, address, deviceMark, userAgent }: SignIn,
): Promise<{ userId: string; sessionId: string }> {
  const name = email.trim().toLowerCase()
  const [user] = await db.select().from(users).where(eq(users.email, name))
  const limit = loginLimit(loginLimits, { name, address, device: await devices.deviceOf(deviceMark, user?.id) })
  await limit.count()
  const found = await checkPassword(password, user?.hashed_password)
  if (user === undefined || found === 'wrong' || !user.is_active) {
    const who = { actor: name.slice(0, 255), actor_ip: address, user_id: user?.id ?? null }
    await recordAudit(db, { ...who, type: 'auth.failed', data: { user_agent: userAgent ?? null } })
    throw new Refusal('badCredentials')
  }
  await limit.uncount()

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
