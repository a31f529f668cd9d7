import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { and, desc, eq, gt, isNull, notInArray, sql } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { refreshTokens, sessions } from './session.table.ts'
import { users } from './user.table.ts'

const MAX_PER_SESSION = 5
/** A token that comes twice within this time lost a race between tabs; later it was stolen. */
const RACE_SECONDS = 30

const digestOf = (token: string) => createHash('sha256').update(token).digest('hex')

type Holder = { userId: string; sessionId: string }

/** A new refresh token in a session; the oldest beyond five are revoked. `days` is how long it lives. */
export async function issueRefreshToken(
  db: Db,
  { userId, sessionId, days }: Holder & { days: number },
): Promise<string> {
  const token = randomBytes(48).toString('base64url')
  const ofSession = and(eq(refreshTokens.session_id, sessionId), isNull(refreshTokens.revoked_at))
  await db.insert(refreshTokens).values({
    id: randomUUID(),
    token_hash: digestOf(token),
    user_id: userId,
    session_id: sessionId,
    expires_at: sql`now() + make_interval(days => ${days})`,
    created_at: sql`clock_timestamp()`,
  })
  const newest = db
    .select({ id: refreshTokens.id })
    .from(refreshTokens)
    .where(ofSession)
    .orderBy(desc(refreshTokens.created_at), desc(refreshTokens.id))
    .limit(MAX_PER_SESSION)
  await db
    .update(refreshTokens)
    .set({ revoked_at: sql`now()` })
    .where(and(ofSession, notInArray(refreshTokens.id, newest)))
  return token
}

/**
 * Exchanges a refresh token for its successor, by one conditional update: of many uses at once one rotates, the others
 * are lost races and get a pair of their own. Reuse after that revokes the whole session. Undefined: it is not valid.
 */
export function rotateRefreshToken(
  db: Db,
  { token, days }: { token: string; days: number },
): Promise<(Holder & { refreshToken: string }) | undefined> {
  return db.transaction(async (tx) => {
    const holder = (await exchange(tx, token)) ?? (await forgivenRace(tx, token))
    if (holder === undefined) return undefined
    const [session] = await tx
      .update(sessions)
      .set({ last_used_at: sql`now()` })
      .from(users)
      .where(
        and(
          eq(sessions.id, holder.sessionId),
          isNull(sessions.revoked_at),
          eq(users.id, sessions.user_id),
          users.is_active,
        ),
      )
      .returning({ id: sessions.id })
    if (session === undefined) return undefined
    return { ...holder, refreshToken: await issueRefreshToken(tx, { ...holder, days }) }
  })
}

async function exchange(tx: Db, token: string): Promise<Holder | undefined> {
  const now = sql`now()`
  const [rotated] = await tx
    .update(refreshTokens)
    .set({ revoked_at: now, replaced_at: now })
    .where(
      and(
        eq(refreshTokens.token_hash, digestOf(token)),
        isNull(refreshTokens.revoked_at),
        gt(refreshTokens.expires_at, now),
      ),
    )
    .returning({ userId: refreshTokens.user_id, sessionId: refreshTokens.session_id })
  return rotated
}

async function forgivenRace(tx: Db, token: string): Promise<Holder | undefined> {
  const [known] = await tx
    .select({
      userId: refreshTokens.user_id,
      sessionId: refreshTokens.session_id,
      isReplaced: sql<boolean>`${refreshTokens.replaced_at} is not null`,
      isRace: sql<boolean>`${refreshTokens.replaced_at} > clock_timestamp() - make_interval(secs => ${RACE_SECONDS})`,
    })
    .from(refreshTokens)
    .where(eq(refreshTokens.token_hash, digestOf(token)))
  if (known === undefined || !known.isReplaced) return undefined
  if (!known.isRace) {
    await revokeSession(tx, known.sessionId)
    return undefined
  }
  return { userId: known.userId, sessionId: known.sessionId }
}

/** Access and refresh tokens of the session fail from the next request on. */
export async function revokeSession(db: Db, sessionId: string): Promise<void> {
  await db
    .update(sessions)
    .set({ revoked_at: sql`now()` })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.revoked_at)))
}

/** Signs out by the refresh token alone; unknown ones change nothing. */
export async function revokeSessionOfToken(db: Db, token: string): Promise<void> {
  const [found] = await db
    .select({ sessionId: refreshTokens.session_id })
    .from(refreshTokens)
    .where(eq(refreshTokens.token_hash, digestOf(token)))
  if (found) await revokeSession(db, found.sessionId)
}
