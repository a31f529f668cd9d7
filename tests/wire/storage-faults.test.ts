import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { ModelRequest } from '@fairlead/testing/model/model-request'
import { type OwnRedisServer, startRedis } from '@fairlead/testing/servers/redis'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

describe('databases that come and go', { timeout: 90_000 }, () => {
  let engine: EngineUnderTest
  let redis: OwnRedisServer
  let admin: Client
  let database: string
  beforeAll(async () => {
    const postgres = await sharedPostgres()
    const url = await postgres.newDatabase()
    database = new URL(url).pathname.slice(1)
    admin = new Client({ connectionString: postgres.url })
    await admin.connect()
    redis = await startRedis()
    const settings = { POSTGRES_DATABASE_URL: url, REDIS_URL: redis.url, MAX_AUTO_CONTINUE_TURNS: '0' }
    engine = await startEngineUnderTest({ adapters: 'servers', settings })
  })
  afterAll(async () => {
    await engine?.close()
    await redis?.stop()
    await admin?.end()
  })

  const dropConnections = () =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database])
  const allowConnections = (allowed: boolean) => admin.query(`alter database ${database} allow_connections ${allowed}`)
  const work = async () => {
    const conversation = await openConversation(engine)
    const { read, scale } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1'), scale('W1')] }, { text: 'Done.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
    return `${flowOf(proposal)} / ${flowOf(done)}`
  }
  const whole =
    'ready G tools.pending(R1 W1) tool.executing(R1) tool.result(R1) tool.awaiting_approval(W1) END(awaiting_approval)' +
    ' / ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) G END(completed)'

  test('the next request after a restart of Postgres works', async () => {
    expect(await work()).toBe(whole)
    await dropConnections()
    // A connection is given up when its end arrives.
    while ((await engine.owner.request('GET', '/health/database')).status !== 200) await immediate()
    expect(await work()).toBe(whole)
  })

  test('the next request after a restart of Redis works', async () => {
    await redis.restart()
    expect(await work()).toBe(whole)
  })

  test('while the database is away every endpoint says one thing, and nothing is started', async () => {
    const requests = engine.model.requests.length
    await allowConnections(false)
    await dropConnections()
    try {
      for (const [name, endpoint] of Object.entries(endpoints) as [string, EndpointShape][]) {
        if (['health', 'jwks', 'refresh', 'logout', 'login', 'register', 'requestVerifyToken', 'verify'].includes(name))
          continue
        const path = endpoint.path.replace(/:\w+/g, 'x')
        const { status, body } = await engine.owner.request(endpoint.method, path, endpoint.input && {})
        if (name === 'healthDatabase')
          expect([status, body]).toEqual([503, { status: 'error', database: 'disconnected' }])
        else if (name === 'healthReady') expect([status, (body as { status: string }).status]).toEqual([503, 'error'])
        else expect([name, status, body]).toEqual([name, 500, { detail: 'Internal Server Error' }])
        expect(JSON.stringify(body)).not.toMatch(new RegExp(`${database}|select|ECONN|127\\.0|node_modules`, 'i'))
      }
      const form = new URLSearchParams({ username: 'a@example.com', password: 'x' })
      const login = await fetch(`${engine.api}/auth/jwt/login`, { method: 'POST', body: form })
      expect([login.status, await login.text()]).toEqual([500, '{"detail":"Internal Server Error"}'])
      expect((await engine.owner.request('GET', '/health')).status).toBe(200)
    } finally {
      await allowConnections(true)
    }
    expect(engine.model.requests.length).toBe(requests)
    expect(await work()).toBe(whole)
  })
})

describe('while an engine works', { timeout: 90_000 }, () => {
  let postgres: Awaited<ReturnType<typeof sharedPostgres>>
  let admin: Client
  beforeAll(async () => {
    postgres = await sharedPostgres()
    admin = new Client({ connectionString: postgres.url })
    await admin.connect()
  })
  afterAll(() => admin?.end())

  const newDatabase = async () => {
    const url = await postgres.newDatabase()
    const name = new URL(url).pathname.slice(1)
    return {
      url,
      away: async () => {
        await admin.query(`alter database ${name} allow_connections false`)
        await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      },
      back: () => admin.query(`alter database ${name} allow_connections true`),
    }
  }

  test('the database of its checkpoints can go, and what waits goes on waiting', async () => {
    const checkpoints = await newDatabase()
    const settings = { CHECKPOINTER_DATABASE_URL: checkpoints.url }
    const engine = await startEngineUnderTest({ adapters: 'servers', settings })
    try {
      const ready = await engine.owner.request('GET', '/health/ready')
      expect(ready.body).toMatchObject({ checks: { checkpointer: 'postgres' } })
      await checkpoints.away()
      const conversation = await openConversation(engine)
      const { scale, id } = newCalls(engine)
      engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }])
      engine.tools.use(async (call, own) => {
        // Long enough for the run to have its position written.
        if (call.callId === id('W1') && call.phase === 'preview') await sleep(300)
        return own()
      })
      const proposal = await readRun(await engine.owner.chat('scale it', conversation))
      expect(flowOf(proposal)).toBe('ready G tools.pending(W1) tool.awaiting_approval(W1) END(awaiting_approval)')
      const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
      expect(flowOf(done)).toMatch(/^ready tool\.approved\(W1\) .* END\(completed\)$/)
    } finally {
      await engine.close()
    }
  })

  test('an engine that cannot hold its run any longer asks the model for no more of it', async () => {
    const database = await newDatabase()
    const engine = await startEngineUnderTest({
      adapters: 'servers',
      settings: { POSTGRES_DATABASE_URL: database.url },
    })
    try {
      const conversation = await openConversation(engine)
      engine.model.use((request) =>
        request.isStreamed ? { text: { pieces: 100_000 }, pace: { piecesPerSecond: 20 } } : { text: 'A title' },
      )
      const left = await engine.owner.chat('tell me everything', conversation)
      const isThisMessage = (request: ModelRequest) => request.messages.at(-1)?.text === 'tell me everything'
      const outcome = () =>
        engine.model.requests.find((request) => request.isStreamed && isThisMessage(request))?.outcome
      await expect.poll(outcome, { timeout: 10_000 }).toBe('open')
      const { active_run_id } = await engine.owner.conversation(conversation)
      await database.away()
      await expect.poll(outcome, { timeout: 20_000 }).toBe('left-by-client')
      engine.model.use([{ text: 'Here is all of it.' }])
      await database.back()
      left.close()
      expect(flowOf(await readRun(await engine.owner.follow(String(active_run_id))))).toMatch(/END\(completed\)$/)
    } finally {
      await database.back()
      await engine.close()
    }
  })
})

test('an engine that starts without Redis says so, and its streams can be read, left and read again', {
  timeout: 90_000,
}, async () => {
  const engine = await startEngineUnderTest({ adapters: 'servers', settings: { REDIS_URL: 'redis://127.0.0.1:1' } })
  try {
    const ready = await engine.owner.request('GET', '/health/ready')
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready', checks: { redis: 'disconnected' } } })
    const conversation = await openConversation(engine)
    const { scale } = newCalls(engine)
    engine.model.use([{ text: { pieces: 40 }, toolCalls: [scale('W1')] }, { text: 'Done.' }])
    const proposal = await readRun(await engine.owner.chat('scale it', conversation))
    expect(flowOf(proposal)).toBe('ready G tools.pending(W1) tool.awaiting_approval(W1) END(awaiting_approval)')
    const again = await readRun(await engine.owner.follow(only(proposal, 'ready').run_id))
    expect(flowOf(again)).toBe(flowOf(proposal))
    expect(only(again, 'generation.complete').content).toMatch(/w39 $/)
    const done = await readRun(await engine.owner.approve(only(proposal, 'tool.awaiting_approval')))
    expect(flowOf(done)).toMatch(/^ready tool\.approved\(W1\) .* END\(completed\)$/)
  } finally {
    await engine.close()
  }
})

describe('where checkpoints are kept makes no difference', { timeout: 90_000 }, () => {
  const states: unknown[] = []
  const places: [string, Record<string, string>, string][] = [
    ['in Postgres', {}, 'postgres'],
    ['in memory', { ENABLE_POSTGRES_CHECKPOINTER: 'false' }, 'memory'],
    ['nowhere that answers', { CHECKPOINTER_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, 'memory'],
  ]

  test.each(places)('%s', async (_, settings, kind) => {
    const engine = await startEngineUnderTest({
      adapters: 'servers',
      settings: { ...settings, MAX_AUTO_CONTINUE_TURNS: '0' },
    })
    try {
      expect((await engine.owner.request('GET', '/health/ready')).body).toMatchObject({
        checks: { checkpointer: kind },
      })
      const conversation = await openConversation(engine)
      const { scale, workload } = newCalls(engine)
      engine.model.use([{ toolCalls: [scale('W1')] }])
      const proposal = only(await readRun(await engine.owner.chat('scale it', conversation)), 'tool.awaiting_approval')
      await engine.restart()
      engine.model.use([{ text: 'Done.' }])
      const events = await readRun(await engine.owner.approve(proposal))
      expect(flowOf(events)).toBe(
        'ready tool.approved(W1) tool.executing(W1) tool.result(W1) tool.verified(W1 as_approved) G END(completed)',
      )
      const request = engine.model.requests.at(-1)
      const name = workload('W1').split('/')[1] ?? ''
      const text = JSON.stringify([request?.messages, request?.tools.map((tool) => tool.name)])
      states.push(
        JSON.parse(
          text
            .replaceAll(name, 'NAME')
            .replace(/call_[0-9a-f]{18}/g, 'LOADS')
            .replaceAll(proposal.call_id, 'ID'),
        ),
      )
    } finally {
      await engine.close()
    }
    expect(states.at(-1)).toEqual(states[0])
  })
})
