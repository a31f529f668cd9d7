import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { runText } from './record/message.table.ts'
import { runEvents } from './record/run-event.table.ts'
import { createTextRecorder } from './record-text.ts'

describe.each(databases)('text of many runs, $name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())

  const shownOf = (runId: string, n = 1) => ({
    text: [{ run_id: runId, n, kind: 'text' as const, text: `words of ${runId}`, event_id: 7, pieces: 3 }],
    events: [{ run_id: runId, id: 7, type: 'token', data: { pieces: '7:3' }, at: new Date() }],
  })
  const aRecorder = (isHeld: (runId: string) => boolean = () => true) => {
    const groups: number[] = []
    const record = createTextRecorder({
      db: database.db,
      heldAmong: async (_, runs) => {
        groups.push(runs.length)
        return runs.filter(({ run_id }) => isHeld(run_id))
      },
    })
    return { record, groups }
  }
  const runIds = (count: number) => Array.from({ length: count }, () => randomUUID())
  const stored = async (runId: string) => [
    await database.db.$count(runText, eq(runText.run_id, runId)),
    await database.db.$count(runEvents, eq(runEvents.run_id, runId)),
  ]

  test('is written at once while nothing is under way, and together behind what is', async () => {
    const { record, groups } = aRecorder()
    const ids = runIds(50)
    await Promise.all(ids.map((run_id) => record({ run_id, epoch: 1 }, shownOf(run_id))))
    expect(groups).toEqual([1, 49])
    for (const id of ids) expect(await stored(id)).toEqual([1, 1])
    const [later = ''] = runIds(1)
    await record({ run_id: later, epoch: 1 }, shownOf(later))
    expect(groups).toEqual([1, 49, 1])
    expect(await stored(later)).toEqual([1, 1])
  })

  test('of a run that another engine holds is not written; that of the others is', async () => {
    const ids = runIds(9)
    const lost = ids[4] ?? ''
    const { record } = aRecorder((runId) => runId !== lost)
    const writes = await Promise.allSettled(ids.map((run_id) => record({ run_id, epoch: 1 }, shownOf(run_id))))
    expect(writes.map(({ status }) => status === 'fulfilled')).toEqual(ids.map((id) => id !== lost))
    expect(writes[4]).toMatchObject({ reason: { message: `Run ${lost} is held by another engine` } })
    for (const id of ids) expect(await stored(id)).toEqual(id === lost ? [0, 0] : [1, 1])
  })

  test('that the database does not take falls on its own run alone', async () => {
    const { record } = aRecorder()
    const ids = runIds(9)
    const twice = ids[4] ?? ''
    await record({ run_id: twice, epoch: 1 }, shownOf(twice))
    const writes = await Promise.allSettled(ids.map((run_id) => record({ run_id, epoch: 1 }, shownOf(run_id))))
    expect(writes.map(({ status }) => status === 'fulfilled')).toEqual(ids.map((id) => id !== twice))
    for (const id of ids) expect(await stored(id)).toEqual([1, 1])
  })
})
