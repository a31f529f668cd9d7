import type { UserGrant } from '@fairlead/contract/endpoints/auth'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { AccessTokens } from './access-tokens.ts'
import { sessions } from './session.table.ts'
import { users } from './user.table.ts'
import type { LiveSession } from './watch-sessions.ts'

/** Finds the user of an access token in one query, so that what was revoked or changed counts at the next request. */
export function createAuthenticate({ db, tokens }: { db: Db; tokens: AccessTokens }) {
  const liveUser = db
    .select({
      id: users.id,
      email: users.email,
      full_name: users.full_name,
      role: users.role,
      is_active: users.is_active,
      is_superuser: users.is_superuser,
      is_verified: users.is_verified,
      grants: users.grants,
      view_only: users.view_only,
      groups: users.groups,
      created_at: users.created_at,
      session_id: sessions.id,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        eq(users.id, sql.placeholder('userId')),
        isNull(sessions.revoked_at),
        users.is_active,
      ),
    )
    .prepare('authenticate')

  return async (token: string): Promise<AuthenticatedUser | undefined> => {
    const named = await tokens.verify(token)
    if (named === undefined) return undefined
    const { userId, sessionId, expiresAt } = named
    const [user] = await liveUser.execute({ userId, sessionId })
    return user && { ...user, grants: user.grants as UserGrant[], access_expires_at: expiresAt }
  }
}

/** Which of these sessions still count, with what their people may do now. */
export async function readLiveSessions(db: Db, ids: readonly string[]): Promise<LiveSession[]> {
  const rows = await db
    .select({
      session_id: sessions.id,
      role: users.role,
      is_superuser: users.is_superuser,
      view_only: users.view_only,
      grants: users.grants,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(and(inArray(sessions.id, [...ids]), isNull(sessions.revoked_at), users.is_active))
  return rows.map((row) => ({ ...row, grants: row.grants as UserGrant[] }))
}
