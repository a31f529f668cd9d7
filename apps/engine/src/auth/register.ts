import { randomUUID } from 'node:crypto'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { Refusal } from '@fairlead/contract/errors'
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { RateLimit } from '../http/rate-limit.ts'
import { hashPassword, passwordFault } from './passwords.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import type { SetupSecret } from './setup-secret.ts'
import { users } from './user.table.ts'
import { userRead } from './user-read.ts'

const REGISTRATION_LOCK = 0x7265_6769

export type Registration = {
  email: string
  password: string
  full_name?: string | null
  setup_secret?: string | null
  address: string
}

export type RegisterPorts = {
  db: Db
  recordAudit: RecordAuthEvent
  setupSecret: SetupSecret
  /** Ten a minute, per address. */
  setupTries: RateLimit
  /** People may register after the first one, too. */
  isOpen: boolean
}

/**
 * The first user becomes the administrator, and has to know the secret of the set-up link; of many at once exactly one
 * does. Later ones need an open door.
 */
export async function register(ports: RegisterPorts, registration: Registration): Promise<UserRead> {
  const { address, password } = registration
  const reason = passwordFault(password)
  if (reason) throw new Refusal('passwordInvalid', { reason })
  const hasSecret = ports.setupSecret.isRight(registration.setup_secret)
  if (await hasNoUsers(ports.db)) {
    await ports.setupTries.count(address)
    if (!hasSecret) throw new Refusal('setupLinkNeeded')
    await ports.setupTries.uncount(address)
  } else if (!ports.isOpen) throw new Refusal('registrationClosed')
  const hashed_password = await hashPassword(password) // before the lock: it is slow on purpose
  const email = registration.email.toLowerCase()
  return ports.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${REGISTRATION_LOCK})`)
    const isFirst = await hasNoUsers(tx)
    if (isFirst && !hasSecret) throw new Refusal('setupLinkNeeded')
    if (!isFirst && !ports.isOpen) throw new Refusal('registrationClosed')
    const [taken] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email))
    if (taken) throw new Refusal('emailTaken')
    const [user] = await tx
      .insert(users)
      .values({
        id: randomUUID(),
        email,
        hashed_password,
        full_name: registration.full_name,
        role: isFirst ? 'admin' : 'member',
        is_superuser: isFirst,
        is_verified: isFirst,
      })
      .returning()
    if (user === undefined) throw new Error('The new user was not returned')
    const who = { actor: email, actor_ip: address, user_id: user.id }
    const data = { change: 'registered', role: user.role, is_superuser: user.is_superuser }
    await ports.recordAudit(tx, { ...who, type: 'user.changed', data })
    return userRead(user)
  })
}

export async function hasNoUsers(db: Db): Promise<boolean> {
  const found = await db.select({ id: users.id }).from(users).limit(1)
  return found.length === 0
}
