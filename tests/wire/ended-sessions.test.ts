import { setTimeout as sleep } from 'node:timers/promises'
import { users } from '@fairlead/engine/auth/user.table'
import { openDatabase } from '@fairlead/engine/db/open-database'
import { recordAudit } from '@fairlead/engine/event-log/audit/record-audit'
import { sharedPostgres, sharedRedis } from '@fairlead/testing/shared/shared-servers'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import { type Person, signIn } from './person.fixture.ts'
import { loadsWriteTools, newCalls, patience } from './scenario.fixture.ts'

const within = 5000

/** Streams that the owner opens in a session of their own, each held open by a tool that does not answer. */
const ways = ['chat', 'decideAsOwner', 'undoCall', 'runEvents'] as const
type Way = (typeof ways)[number]

/** Opens a stream so. Resolves once the tool has the call; `release` lets it answer. */
async function openHeld(engine: EngineUnderTest, way: Way, of: Person) {
  const calls = newCalls(engine)
  const held = Promise.withResolvers<void>()
  const phase = ({ chat: 'read', decideAsOwner: 'execute', undoCall: 'preview', runEvents: 'read' } as const)[way]
  let holds = way !== 'undoCall'
  engine.tools.use(async (call, own) => {
    if (holds && call.phase === phase && !call.callId.startsWith('facts_')) await held.promise
    return own()
  })
  const open = async () => {
    if (way === 'chat' || way === 'runEvents') {
      engine.model.use([{ toolCalls: [calls.read('R1')] }, { text: 'Read to the end.' }])
      const chat = await (way === 'chat' ? of : engine.owner).chat('read it')
      if (way === 'chat') return chat
      const { run_id } = await chat.until('tool.executing')
      chat.close()
      return await of.follow(run_id)
    }
    engine.model.use([loadsWriteTools, { toolCalls: [calls.scale('W1')] }, { text: 'Read to the end.' }])
    const approval = only(await readRun(await engine.owner.chat('scale it')), 'tool.awaiting_approval')
    if (way === 'decideAsOwner') return await of.approve(approval)
    await readRun(await engine.owner.approve(approval))
    holds = true
    return await of.undo(approval)
  }
  const stream = await open()
  const { conversation_id, run_id } = await stream.until(way === 'undoCall' ? 'tools.pending' : 'tool.executing')
  return { stream, conversation_id, run_id, release: () => held.resolve() }
}

/** How long the stream stays open, and what it has told when the run goes on without it. */
async function outlives(engine: EngineUnderTest, way: Way, end: (of: Person) => Promise<unknown>) {
  const session = await signIn(engine.api, engine.owner.email)
  const { stream, run_id, release } = await openHeld(engine, way, session)
  const before = Date.now()
  await end(session)
  await Promise.race([stream.all(), sleep(2 * within)])
  const seen = [...stream.events]
  const ms = Date.now() - before
  release()
  return { ms, seen: seen.map(({ type }) => type), run_id }
}

const logout = (of: Person) => of.request('POST', '/auth/jwt/logout')

describe.each(adapterSets)('a session that ends, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  test.each(ways)('takes the stream of %s along, and the run goes on', async (way) => {
    const { ms, seen, run_id } = await outlives(engine, way, logout)
    expect(ms).toBeLessThan(within)
    expect(seen.filter((type) => ['completed', 'tool.result', 'tool.awaiting_approval'].includes(type))).toEqual([])
    const whole = await readRun(await engine.owner.follow(run_id))
    // A title may come behind it.
    expect(whole.map(({ type }) => type)).toContain('workflow_complete')
  })

  test('takes the feed along', async () => {
    const session = await signIn(engine.api, engine.owner.email)
    const feed = await session.feed()
    await feed.until('ready')
    const before = Date.now()
    await logout(session)
    await Promise.race([feed.all(), sleep(2 * within)])
    expect(Date.now() - before).toBeLessThan(within)
  })

  test('is not the end of another session of the same person', async () => {
    const session = await signIn(engine.api, engine.owner.email)
    const { stream, release } = await openHeld(engine, 'chat', engine.owner)
    await logout(session)
    await sleep(within)
    release()
    expect((await readRun(stream)).at(-1)?.type).toBe('workflow_complete')
  })
})

describe('a session that ends, with several engines', { timeout: 60_000 }, () => {
  let [first, second]: EngineUnderTest[] = []
  let database: Awaited<ReturnType<typeof openDatabase>>
  beforeAll(async () => {
    const settings = {
      POSTGRES_DATABASE_URL: await (await sharedPostgres()).newDatabase(),
      REDIS_URL: await (await sharedRedis()).newDatabase(),
      JWT_SECRET: 'a secret of at least thirty-two bytes',
    }
    first = await startEngineUnderTest({ adapters: 'servers', settings })
    second = await startEngineUnderTest({ adapters: 'servers', settings })
    database = await openDatabase({ url: settings.POSTGRES_DATABASE_URL })
  })
  afterAll(async () => {
    await database?.close()
    await Promise.all([first?.close(), second?.close()])
  })

  const change = (set: Partial<typeof users.$inferInsert>) => (of: Person) =>
    database.db.update(users).set(set).where(eq(users.email, of.email))

  test.each<[string, (of: Person) => Promise<unknown>, (of: Person) => Promise<unknown>]>([
    [
      'a logout at the other one',
      async ({ token }) => {
        const headers = { authorization: `Bearer ${token}` }
        expect((await fetch(`${second?.api}/auth/jwt/logout`, { method: 'POST', headers })).status).toBe(204)
      },
      async () => {},
    ],
    ['a deactivation', change({ is_active: false }), change({ is_active: true })],
    ['a role that is lost', change({ role: 'member', is_superuser: false }), change({ role: 'admin' })],
    ['a grant that is lost', change({ grants: [] }), async () => {}],
    ['the right to ask for changes that is lost', change({ view_only: true }), change({ view_only: false })],
  ])('%s ends it', async (_, end, undo) => {
    if (first === undefined) throw new Error('no engine')
    await change({ grants: ['approve'] })(first.owner)
    const { ms, run_id } = await outlives(first, 'runEvents', end)
    expect(ms).toBeLessThan(within)
    await undo(first.owner)
    const last = async () => (await readRun(await (first as EngineUnderTest).owner.follow(run_id))).at(-1)?.type
    await expect.poll(last, patience).toBe('workflow_complete')
  })

  test('an export that is under way is cut off, and its row in the record says how far it came', async () => {
    if (first === undefined) throw new Error('no engine')
    const { owner, api } = first
    const type = 'message.asked'
    const text = 'a line of a long record\n'.repeat(2500)
    const count = 400
    for (let n = 0; n < count; n += 50)
      await recordAudit(
        database.db,
        Array.from({ length: 50 }, () => ({ actor: owner.email, type, data: { text } })),
      )
    const isSealed = async () => (await owner.request('GET', '/audit/verify?from_seq=1&to_seq=1')).body
    await expect.poll(isSealed, patience).toMatchObject({ unsealed: 0 })
    const session = await signIn(api, owner.email)
    const headers = { authorization: `Bearer ${session.token}` }
    const answer = await fetch(`${api}/audit/export?type=${type}`, { headers })
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    let bytes = (await reader.read()).value?.length ?? 0
    await logout(session)
    await sleep(within)
    const rest = async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) bytes += piece.value.length
    }
    await expect(rest()).rejects.toThrow('terminated')
    expect(bytes).toBeLessThan(count * text.length)
    const made = async () => (await owner.request('GET', '/audit?type=export.made&limit=1')).body
    const { items } = (await made()) as { items: { data: { rows: number } }[] }
    expect(items[0]?.data.rows).toBeLessThan(count)
  })

  test('a right that is gained ends nothing', async () => {
    if (first === undefined) throw new Error('no engine')
    const { stream, release } = await openHeld(first, 'chat', first.owner)
    await change({ grants: ['approve', 'audit'] })(first.owner)
    await sleep(within)
    release()
    expect((await readRun(stream)).at(-1)?.type).toBe('workflow_complete')
  })
})
