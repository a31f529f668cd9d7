import { endpoints as all } from '@fairlead/contract/endpoints/endpoints'
import { createLogger } from '@fairlead/service-kit/logger'
import { sharedPostgres } from '@fairlead/testing/shared-servers'
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { test } from 'vitest'
import { createAccessTokens } from './auth/access-tokens.ts'
import { createAuthenticate } from './auth/authenticate.ts'
import { sessions } from './auth/session.table.ts'
import { users } from './auth/user.table.ts'
import { userRead } from './auth/user-read.ts'
import { migrate } from './db/migrate.ts'
import { openDatabase } from './db/open-database.ts'
import { recordAudit } from './event-log/audit/record-audit.ts'
import { seal } from './event-log/audit/seal.ts'
import { verifyChain } from './event-log/audit/verify-chain.ts'
import { exportJsonLines } from './audit/export-audit.ts'
import { buildServer } from './http/build-server.ts'
import { createRateLimit } from './http/rate-limit.ts'

test('bench', { timeout: 120_000 }, async () => {
  const database = await openDatabase({ url: await (await sharedPostgres()).newDatabase() })
  await migrate(database)
  const db = database.db
  const tokens = createAccessTokens({ JWT_SECRET: 'x'.repeat(32), JWT_ALGORITHM: 'HS256', JWT_ACCESS_TOKEN_EXPIRE_MINUTES: 15 })
  const [userId, sessionId] = [randomUUID(), randomUUID()]
  await db.insert(users).values({ id: userId, email: 'a@b.c' })
  await db.insert(sessions).values({ id: sessionId, user_id: userId })
  const app = await buildServer({ config: { API_V1_STR: '', DEBUG: true, CORS_ALLOWED_ORIGINS: [], TRUSTED_PROXIES: [], PUBLIC_URL: 'http://a' }, endpoints: { me: all.me, health: all.health }, log: createLogger({ name: 'x', level: 'info' }), authenticate: createAuthenticate({ db, tokens }), limit: createRateLimit({ name: 'r', points: 1e9, seconds: 60 }), handlers: { me: async ({ user }) => userRead(user), health: async () => ({ status: 'ok' }) } })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const authorization = `Bearer ${await tokens.sign({ userId, sessionId })}`
  const run = async (name: string, n: number, work: () => Promise<unknown>) => {
    for (let i = 0; i < n / 4; i++) await work()
    const cpu = process.cpuUsage(); const t = performance.now()
    for (let i = 0; i < n; i++) await work()
    const c = process.cpuUsage(cpu)
    console.log(name, 'wall us', (((performance.now() - t) * 1000) / n).toFixed(0), 'cpu us', ((c.user + c.system) / n).toFixed(0))
  }
  await run('fetch health', 2000, async () => (await fetch(`${url}/health`)).text())
  await run('fetch me', 2000, async () => (await fetch(`${url}/auth/me`, { headers: { authorization } })).text())
  await run('verify jwt', 5000, () => tokens.verify(authorization.slice(7)))
  const authenticate = createAuthenticate({ db, tokens })
  await run('authenticate', 3000, () => authenticate(authorization.slice(7)))
  await run('recordAudit', 2000, () => recordAudit(db, { actor: 'a', type: 'message.asked', data: { text: 'hello there' } }))
  await db.execute(sql`insert into audit_events (id, at, actor, user_id, type, data) select gen_random_uuid(), now() - make_interval(secs => n / 1000.0), 'a', ${userId}::uuid, 'call.ended', jsonb_build_object('n', n, 'text', repeat('x', 300)) from generate_series(1, 100000) n`)
  let t = performance.now(); let n = 0, all_ = 0
  while ((n = await seal(db)) > 0) all_ += n
  console.log('seal rows/s', Math.round(all_ / ((performance.now() - t) / 1000)))
  t = performance.now()
  const report = await verifyChain(db, {})
  console.log('verify rows/s', Math.round(report.checked / ((performance.now() - t) / 1000)), report.ok)
  t = performance.now(); let bytes = 0, peak = 0
  globalThis.gc?.()
  for await (const piece of exportJsonLines(db, { filters: {}, scope: 'all', publicKeys: async () => ({ keys: [] }), onEnd: async () => {} })) { bytes += piece.length; peak = Math.max(peak, process.memoryUsage().heapUsed) }
  console.log('export rows/s', Math.round(all_ / ((performance.now() - t) / 1000)), 'MB', (bytes / 1e6).toFixed(0), 'peak heap MB', (peak / 1e6).toFixed(0))
  await app.close(); await database.close()
})
