import { randomUUID } from 'node:crypto'
import type { GrantClaims } from '@fairlead/contract/call/grant'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aWaitingCall } from '../approvals/waiting-call.fixture.ts'
import { endAttempt, insertAttempt } from '../calls/attempt/attempts.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { advanceCall } from '../event-log/record/calls.ts'
import { aConversation } from '../event-log/record.fixture.ts'
import { ChangeObsolete } from '../event-log/run-log.ts'
import { runs } from './run.table.ts'
import {
  type Claim,
  claimRun,
  endRun,
  hasFailedToEnd,
  insertRun,
  isGivenUp,
  RunActive,
  readAbandonedRuns,
  readActiveRun,
  readRun,
  readStopRequests,
  readUnsettledRuns,
  releaseRun,
  requestStop,
} from './run-rows.ts'

const leaseSeconds = 30

describe.each(databases)('the lease of a run, $name', ({ open }) => {
  let database: Database
  let conversationId: string
  let runId: string
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    conversationId = await aConversation(database.db)
    runId = await start()
  })

  const start = async (of: { conversation_id?: string } = {}) => {
    const run = { id: randomUUID(), conversation_id: conversationId, user_id: randomUUID(), ...of }
    const cause = { kind: 'chat' } as const
    await insertRun(database.db, { ...run, cause, engine: 'one', leaseSeconds, started_at: new Date() })
    return run.id
  }
  const runOut = () =>
    database.db.update(runs).set({ lease_until: sql`now() - interval '1 second'` }).where(eq(runs.id, runId))
  const claim = (engine: string, status?: 'running' | 'ended') =>
    claimRun(database.db, runId, { engine, leaseSeconds, status })
  const claimed = async (engine: string, status?: 'running' | 'ended') => {
    const taken = await claim(engine, status)
    if (taken === undefined) throw new Error('not claimed')
    return taken
  }
  const held = (epoch = 1) => ({ run_id: runId, epoch }) as Claim
  const end = (epoch: number, waitsFor?: string) =>
    database.db.transaction((tx) =>
      endRun(tx, held(epoch), { end: 'awaiting_approval', error: null, waitsFor, at: new Date() }),
    )
  const row = async () => await readRun(database.db, runId)
  const abandoned = async () => (await readAbandonedRuns(database.db)).includes(runId)
  const unsettled = async () => (await readUnsettledRuns(database.db)).includes(runId)

  test('belongs to one active run of a conversation', async () => {
    await expect(start()).rejects.toThrow(RunActive)
    await start({ conversation_id: await aConversation(database.db) })
    await end(1)
    await start()
    expect((await readActiveRun(database.db, conversationId))?.id).not.toBe(runId)
  })

  test('keeps others away while it lasts; of many who want the run then, one has it', async () => {
    expect(await claim('two')).toBeUndefined()
    expect(await abandoned()).toBe(false)
    await runOut()
    expect(await abandoned()).toBe(true)
    const claims = await Promise.all(['two', 'three', 'four', 'five'].map((engine) => claim(engine)))
    const taken = claims.filter((each) => each !== undefined)
    expect(taken).toMatchObject([{ run_id: runId, epoch: 2, takeovers: 1 }])
    expect(await abandoned()).toBe(false)
  })

  test('that was given back counts no death; one that ran out does, until nobody works on the run any more', async () => {
    await releaseRun(database.db, held())
    expect(await claimed('two')).toMatchObject({ epoch: 2, takeovers: 0 })
    const deaths: [boolean, boolean][] = []
    for (let death = 1; death <= 4; death++) {
      await runOut()
      const taken = await claimed('three')
      deaths.push([isGivenUp(taken), hasFailedToEnd(taken)])
    }
    expect(deaths).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [true, true],
    ])
  })

  test('ends with the run; a run with an open attempt stays held beyond its end, and is taken over to settle it', async () => {
    const { call_id } = await aWaitingCall(database.db, conversationId, { runId })
    const grant = { jti: randomUUID() } as GrantClaims
    await insertAttempt(database.db, { call_id, revision: 1, run_id: runId, engine: 'one', epoch: 1, grant })
    await end(1)
    expect(await row()).toMatchObject({ status: 'ended', position: null })
    expect((await row())?.lease_until).not.toBeNull()
    expect([await unsettled(), await claim('two', 'ended')]).toEqual([false, undefined])
    await runOut()
    expect([await unsettled(), await abandoned()]).toEqual([true, false])
    expect(await claim('two')).toBeUndefined() // not as one that runs
    expect(await claimed('two', 'ended')).toMatchObject({ epoch: 2 })
    await endAttempt(database.db, grant.jti, { outcome: 'unknown' })
    await runOut()
    expect(await unsettled()).toBe(false)

    conversationId = await aConversation(database.db)
    runId = await start()
    await end(1)
    expect((await row())?.lease_until).toBeNull()
  })

  test('goes on when a decision came for the call that the run wanted to wait for', async () => {
    const { call_id } = await aWaitingCall(database.db, conversationId, { runId })
    await advanceCall(database.db, call_id, { from: ['awaiting_approval'], to: 'approved' })
    await expect(end(1, call_id)).rejects.toThrow(ChangeObsolete)
    expect(await row()).toMatchObject({ status: 'running', end_status: null })
    const waiting = await aWaitingCall(database.db, conversationId, { runId })
    await end(1, waiting.call_id)
    expect(await row()).toMatchObject({ status: 'ended', end_status: 'awaiting_approval' })
  })

  test('is where a stop is asked for, once, and only while the run goes on', async () => {
    expect(await readStopRequests(database.db, 'one')).not.toContain(runId)
    expect(await requestStop(database.db, runId)).toBe(true)
    const first = (await row())?.stop_requested_at
    expect(await requestStop(database.db, runId)).toBe(true)
    expect((await row())?.stop_requested_at).toEqual(first)
    expect(await readStopRequests(database.db, 'one')).toContain(runId)
    expect(await readStopRequests(database.db, 'two')).not.toContain(runId)
    await runOut()
    expect(await claimed('two')).toMatchObject({ stop_requested: true })
    await end(2)
    expect(await requestStop(database.db, runId)).toBe(false)
    expect(await readStopRequests(database.db, 'two')).not.toContain(runId)
  })
})
