import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { Refusal } from '@fairlead/contract/errors'
import { eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { RecordAuthEvent } from './record-auth-event.ts'
import { users } from './user.table.ts'
import { userRead } from './user-read.ts'

/** A superuser says whether an account's address is its person's; it counts from the next request on. */
export async function changeUser(
  { db, recordAudit }: { db: Db; recordAudit: RecordAuthEvent },
  of: { id: string; is_verified: boolean; by: AuthenticatedUser; address: string },
): Promise<UserRead> {
  const { id, is_verified, by, address } = of
  if (!by.is_superuser) throw new Refusal('forbidden')
  return db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, id)).for('update')
    if (user === undefined) throw new Refusal('notFound')
    if (user.is_verified !== is_verified) {
      await tx.update(users).set({ is_verified }).where(eq(users.id, id))
      const who = { actor: by.email, actor_ip: address, user_id: id }
      const change = is_verified ? 'verified' : 'unverified'
      await recordAudit(tx, { ...who, type: 'user.changed', data: { change, email: user.email } })
    }
    return userRead({ ...user, is_verified })
  })
}
