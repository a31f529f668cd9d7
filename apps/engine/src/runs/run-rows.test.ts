import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LeaseLost } from '../calls/lease-lost.ts'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { aConversation } from '../event-log/record.fixture.ts'
import { ChangeObsolete } from '../event-log/run-log.ts'
import { runs } from './run.table.ts'
import {
  type Claim,
  claimOf,
  claimRun,
  endRun,
  heldAmong,
  holdRun,
  readRun,
  releaseRun,
  renewLeases,
  runningAmong,
} from './run-rows.ts'

const leaseSeconds = 30

/** The same engine can hold a run twice: it stood still past its lease, and took the run over from itself. */
describe.each(databases)('a claim of before a take-over, $name', ({ open }) => {
  let database: Database
  let before: Claim
  let now: Claim
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    const { db } = database
    const conversation_id = await aConversation(db)
    const id = randomUUID()
    await db.insert(runs).values({ id, conversation_id, user_id: randomUUID(), cause: { kind: 'chat' } })
    const claim = async () => {
      const claimed = await claimRun(db, id, { engine: 'one', leaseSeconds })
      if (claimed === undefined) throw new Error('not claimed')
      return claimed
    }
    before = await claim()
    await db.update(runs).set({ lease_until: sql`now() - interval '1 second'` }).where(eq(runs.id, id))
    now = await claim()
    expect(now.epoch).toBe(before.epoch + 1)
  })

  const row = async () => {
    const read = await readRun(database.db, now.run_id)
    if (read === undefined) throw new Error('the run is gone')
    return read
  }
  const inTransaction = (work: (tx: Database['db']) => Promise<void>) => database.db.transaction(work)
  const position = { step: 1 } as unknown as NonNullable<Claim['position']>

  test('writes nothing for the run any more, with its position or without, and does not end it', async () => {
    const end = { end: 'completed', error: null, waitsFor: undefined, at: new Date() } as const
    await expect(inTransaction((tx) => holdRun(tx, before))).rejects.toThrow(LeaseLost)
    await expect(inTransaction((tx) => holdRun(tx, before, position))).rejects.toThrow(LeaseLost)
    await expect(inTransaction((tx) => endRun(tx, before, end))).rejects.toThrow(LeaseLost)
    expect(await row()).toMatchObject({ position: null, status: 'running' })
    await inTransaction((tx) => holdRun(tx, now))
    await inTransaction((tx) => holdRun(tx, now, position))
    expect((await row()).position).toEqual(position)
    await inTransaction((tx) => endRun(tx, now, end))
    expect((await row()).status).toBe('ended')
    await expect(inTransaction((tx) => endRun(tx, now, end))).rejects.toThrow(ChangeObsolete)
  })

  test('is told apart from who has the run now, among many runs too', async () => {
    const gone = { run_id: randomUUID(), epoch: 1 }
    expect(await heldAmong(database.db, [before, gone])).toEqual([])
    expect(await heldAmong(database.db, [before, now, gone])).toEqual([now])
    const running = () => runningAmong(database.db, [now.run_id, gone.run_id])
    expect(await running()).toEqual([now.run_id])
    const end = { end: 'completed', error: null, waitsFor: undefined, at: new Date() } as const
    await inTransaction((tx) => endRun(tx, now, end))
    expect(await running()).toEqual([])
  })

  test('does not give the run back: who has it now keeps it', async () => {
    const held = (await row()).lease_until
    await releaseRun(database.db, before)
    expect((await row()).lease_until).toEqual(held)
    expect(held).not.toBeNull()
    await releaseRun(database.db, now)
    expect((await row()).lease_until).toBeNull()
  })

  test('is not renewed, nor does it prolong the lease of who has the run now', async () => {
    const held = (await row()).lease_until
    expect(await renewLeases(database.db, [before], { engine: 'one', leaseSeconds: 3_600 })).toEqual(new Set())
    const unheld = { ...now, run_id: randomUUID() }
    const beside = await renewLeases(database.db, [before, unheld], { engine: 'one', leaseSeconds: 3_600 })
    expect(beside).toEqual(new Set())
    expect((await row()).lease_until).toEqual(held)
    const renewed = await renewLeases(database.db, [now], { engine: 'one', leaseSeconds: 3_600 })
    expect(renewed).toEqual(new Set([now.run_id]))
    expect(claimOf(await row()).epoch).toBe(now.epoch)
    expect((await row()).lease_until?.getTime()).toBeGreaterThan(held?.getTime() ?? 0)
  })
})
