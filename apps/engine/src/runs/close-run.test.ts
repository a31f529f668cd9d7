import { newPosition, type Position } from '@fairlead/agent/position'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aWaitingCall } from '../approvals/waiting-call.fixture.ts'
import { LeaseLost } from '../calls/lease-lost.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { advanceCall } from '../event-log/record/calls.ts'
import { messages } from '../event-log/record/message.table.ts'
import { runEvents } from '../event-log/record/run-event.table.ts'
import { findPlace } from '../event-log/record/write-messages.ts'
import { aConversation, aRun, type TestRun } from '../event-log/record.fixture.ts'
import { createMemoryLiveTail } from '../event-log/tail/memory-live-tail.ts'
import { closeRun, createClosing, endRunAlone } from './close-run.ts'
import { type Claim, claimRun, readRun } from './run-rows.ts'

describe.each(databases)('the end of a run, $name', ({ open }) => {
  let database: Database
  let run: TestRun
  let claim: Claim
  let published: unknown[]
  let expiring: string[]
  const tail = createMemoryLiveTail({ onFenced: () => {} })
  beforeAll(async () => {
    database = await open()
  })
  afterAll(async () => {
    await tail.close()
    await database?.close()
  })
  beforeEach(async () => {
    ;[published, expiring] = [[], []]
    const conversationId = await aConversation(database.db)
    run = await aRun(database.db, { tail, conversationId })
    const claimed = await claimRun(database.db, run.ids.run_id, { engine: 'one', leaseSeconds: 30 })
    if (claimed === undefined) throw new Error('not claimed')
    claim = claimed
  })

  const closingOf = createClosing({
    now: () => claim.started_at.getTime() + 2_500,
    feed: { publish: (_, event) => published.push(event) },
    tail: { expireAfter: async (key) => void expiring.push(key) },
  })
  const positionOf = (changes: Partial<Position>): Position => ({
    ...newPosition({ ...claim, start_time: claim.started_at.getTime() }),
    ...changes,
  })
  const close = async (changes: Partial<Position>) => {
    const { conversation_id: conversationId, run_id: runId } = run.ids
    const place = await findPlace(database.db, conversationId)
    return await closeRun(run.log, closingOf(claim, positionOf(changes)), { place, conversationId, runId })
  }
  const events = async () => {
    const rows = await database.db
      .select()
      .from(runEvents)
      .where(eq(runEvents.run_id, run.ids.run_id))
      .orderBy(runEvents.id)
    return rows.map(({ type }) => type).filter((type) => type !== 'ready')
  }
  const row = () => readRun(database.db, run.ids.run_id)
  const roles = async () => {
    const { conversation_id } = run.ids
    const rows = await database.db.select().from(messages).where(eq(messages.conversation_id, conversation_id))
    return rows.toSorted((one, other) => one.sequence - other.sequence).map(({ role }) => role)
  }

  test.each([
    ['completed', { done: true }],
    ['stopped', { stopped: true, error: 'stopped while it failed' }],
  ] as const)('%s: row, terminal pair, feed and tail', async (end, changes) => {
    expect(await close(changes)).toBe(true)
    const ended_at = new Date(claim.started_at.getTime() + 2_500)
    expect(await row()).toMatchObject({ status: 'ended', end_status: end, ended_at, position: null, takeovers: 0 })
    expect(await events()).toEqual(['completed', 'workflow_complete'])
    expect(published).toMatchObject([{ type: 'run.ended', run_id: run.ids.run_id, status: end }])
    expect(expiring).toEqual([`run:${run.ids.run_id}`])
    expect(await roles()).toEqual(['system', 'user'])
  })

  test('by an error says why, in a message of its own where it has said nothing', async () => {
    expect(await close({ error: 'The model failed.' })).toBe(true)
    expect(await row()).toMatchObject({ end_status: 'error', error: 'The model failed.' })
    expect(await events()).toEqual(['workflow.error', 'completed', 'workflow_error'])
    expect(await roles()).toEqual(['system', 'user', 'assistant'])
  })

  test('to wait for a call is not when a decision came meanwhile', async () => {
    const { call_id } = await aWaitingCall(database.db, run.ids.conversation_id, { runId: run.ids.run_id })
    const waits = { awaiting_approval: true, pending_tools: [call_id] }
    await advanceCall(database.db, call_id, { from: ['awaiting_approval'], to: 'denied' })
    expect(await close(waits)).toBe(false)
    expect(await row()).toMatchObject({ status: 'running', end_status: null })
    expect([await events(), published, expiring]).toEqual([[], [], []])
    const waiting = await aWaitingCall(database.db, run.ids.conversation_id, { runId: run.ids.run_id })
    expect(await close({ ...waits, pending_tools: [waiting.call_id] })).toBe(true)
    expect(await row()).toMatchObject({ end_status: 'awaiting_approval' })
  })

  test('is not for an engine that no longer holds it', async () => {
    claim = { ...claim, epoch: claim.epoch - 1 }
    await expect(close({ done: true })).rejects.toThrow(LeaseLost)
    expect(await row()).toMatchObject({ status: 'running' })
    expect([await events(), published]).toEqual([[], []])
  })

  test('alone touches the row and its readers, and no message', async () => {
    await endRunAlone({ log: run.log, closingOf }, claim, 'Three engines died with this run.')
    expect(await row()).toMatchObject({ end_status: 'error', error: 'Three engines died with this run.' })
    expect(await events()).toEqual(['workflow.error', 'completed', 'workflow_error'])
    expect(await roles()).toEqual(['system', 'user'])
    expect(published).toMatchObject([{ type: 'run.ended', status: 'error' }])
  })
})
