import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import type { StreamEvent } from '../http/event-stream.ts'
import { runs } from '../runs/run.table.ts'
import { type FollowOptions, followRun, type RunReader, runStream } from './follow-run.ts'
import { aConversation, anEffect, aRun, speak, type TestRun } from './record.fixture.ts'
import { tailKey } from './run-log.ts'
import { joined, scriptedGenerations, withoutThinkingTime } from './scripted-run.fixture.ts'
import type { LiveTail, TailEntry } from './tail/live-tail.ts'
import { createMemoryLiveTail } from './tail/memory-live-tail.ts'

const anAnswer = { pieces: [{ kind: 'text' as const, text: 'Because.' }], isVoid: false, calls: 0 }

/** A tail whose readers lose it after some batches, for some attempts. */
function fragile(tail: LiveTail, { batches, attempts }: { batches: number; attempts: number }): LiveTail {
  let left = attempts
  return {
    ...tail,
    follow: async function* (key, after, signal) {
      let taken = 0
      for await (const batch of tail.follow(key, after, signal)) {
        if (left > 0 && taken === batches) {
          left -= 1
          yield 'lost'
          return
        }
        taken += 1
        yield batch
      }
    },
  }
}

/** A tail whose readers never see events of this type. */
const aTailWithout = (type: string, tail: LiveTail): LiveTail => ({
  ...tail,
  follow: async function* (key, after, signal) {
    for await (const batch of tail.follow(key, after, signal)) {
      yield batch === 'lost' ? batch : batch.filter((entry) => entry.type !== type)
    }
  },
})

const goneTail = (tail: LiveTail): LiveTail => ({
  ...tail,
  has: async () => false,
  follow: async function* () {
    yield 'lost'
  },
})

describe.each(databases)('a run followed over $name', ({ open }) => {
  let database: Database
  const tail = createMemoryLiveTail({ onFenced: () => {} })
  beforeAll(async () => {
    database = await open()
  })
  afterAll(async () => {
    await tail.close()
    await database.close()
  })

  const readerOf = (overrides: Partial<RunReader> = {}): RunReader => ({
    db: database.db,
    tail,
    readEffects: async () => () => anEffect('nothing'),
    isRunEnded: async (db, runId) => {
      const [row] = await db.select().from(runs).where(eq(runs.id, runId))
      return row?.status === 'ended'
    },
    isTitlePending: async () => false,
    onUnreadable: (error) => {
      throw error
    },
    ...overrides,
  })
  const newRun = async () => aRun(database.db, { tail, conversationId: await aConversation(database.db) })
  const fast = { recordMs: 5, silentMs: 50, titleMs: 150 }
  async function readAll(reader: RunReader, run: TestRun, options: Partial<FollowOptions> = {}) {
    const entries: TailEntry[] = []
    const following = { ...run.ids, after: 0, ...fast, ...options }
    for await (const batch of followRun(reader, following, AbortSignal.timeout(10_000)))
      for (const { id = 0, type, data } of batch) entries.push({ id, type, data })
    return entries
  }

  test('comes whole and once, wherever the live tail is lost while it goes on', async () => {
    const losses = fc.record({ batches: fc.nat(6), attempts: fc.nat(8) })
    await fc.assert(
      fc.asyncProperty(scriptedGenerations, losses, async (script, loss) => {
        const run = await newRun()
        const reading = readAll(readerOf({ tail: fragile(tail, loss) }), run)
        for (const generation of script) await speak(run, generation)
        await run.end()
        const read = await reading
        const sent = await readAll(readerOf(), run)
        const ids = read.map(({ id }) => id)
        expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other))
        expect(joined(read).map(withoutThinkingTime)).toEqual(joined(sent).map(withoutThinkingTime))
      }),
      { numRuns: 12, interruptAfterTimeLimit: 10_000 },
    )
  })

  test('comes from the record alone when there is no tail', async () => {
    const run = await newRun()
    await speak(run, { ...anAnswer, calls: 1 })
    await run.end()
    const sent = await readAll(readerOf(), run)
    const read = await readAll(readerOf({ tail: goneTail(tail) }), run)
    expect(read.map(withoutThinkingTime)).toEqual(joined(sent).map(withoutThinkingTime))
  })

  test('goes on after any id, and ends at once for a reader who has it all', async () => {
    const run = await newRun()
    await speak(run, anAnswer)
    await run.end()
    const sent = await readAll(readerOf(), run)
    expect(sent.map(({ type }) => type)).toEqual([
      'ready',
      'generation.start',
      'token',
      'token.usage',
      'generation.complete',
      'completed',
      'workflow_complete',
    ])
    expect(await readAll(readerOf(), run, { after: 4 })).toEqual(sent.slice(4))
    expect(await readAll(readerOf(), run, { after: 7 })).toEqual([])
    expect(await readAll(readerOf({ tail: goneTail(tail) }), run, { after: 7 })).toEqual([])
  })

  test('is found ended though the tail never said so', async () => {
    const run = await newRun()
    const silent: LiveTail = {
      ...tail,
      follow: async function* (key, after, signal) {
        for await (const batch of tail.follow(key, after, signal)) {
          if (batch !== 'lost' && batch.some(({ type }) => type === 'completed')) {
            await sleep(10_000, undefined, { signal }).catch(() => {})
            return
          }
          yield batch
        }
      },
    }
    const reading = readAll(readerOf({ tail: silent }), run)
    await run.end()
    expect((await reading).map(({ type }) => type)).toEqual(['ready', 'completed', 'workflow_complete'])
  })

  test('stays for a title that is still being made, but not for ever', async () => {
    const titled = await newRun()
    const waiting = readAll(readerOf({ isTitlePending: async () => true }), titled, { titleMs: 5000 })
    await titled.end()
    await sleep(30)
    await titled.log.commit({ events: [{ type: 'conversation.title.generated', title: 'A question' }] })
    expect((await waiting).at(-1)?.type).toBe('conversation.title.generated')

    const untitled = await newRun()
    const began = Date.now()
    const given = readAll(readerOf({ isTitlePending: async () => true }), untitled)
    await untitled.end()
    expect((await given).at(-1)?.type).toBe('workflow_complete')
    expect(Date.now() - began).toBeGreaterThanOrEqual(fast.titleMs)
  })

  test('asks nobody whether a title comes where this engine makes one', async () => {
    const run = await newRun()
    const isTitlePending = () => Promise.reject(new Error('was asked'))
    const reading = readAll(readerOf({ isTitlePending }), run, { isNew: true, isTitled: false, titleMs: 5000 })
    await run.end()
    await sleep(30)
    await run.log.commit({ events: [{ type: 'conversation.title.generated', title: 'A question' }] })
    expect((await reading).map(({ type }) => type)).toEqual([
      'ready',
      'completed',
      'workflow_complete',
      'conversation.title.generated',
    ])
  })

  test('asks the record for that title once the live tail is lost', async () => {
    const run = await newRun()
    const lost: LiveTail = {
      ...tail,
      follow: async function* (key, after, signal) {
        for await (const batch of tail.follow(key, after, signal)) {
          yield batch
          if (batch === 'lost' || !batch.some(({ type }) => type === 'workflow_complete')) continue
          await run.log.commit({ events: [{ type: 'conversation.title.generated', title: 'A question' }] })
          yield 'lost'
          return
        }
      },
    }
    const reading = readAll(readerOf({ tail: lost }), run, { isNew: true, isTitled: false, titleMs: 5000 })
    await run.end()
    expect((await reading).at(-1)?.type).toBe('conversation.title.generated')
  })

  test('has the title that was recorded before it is live', async () => {
    const run = await newRun()
    const early = aTailWithout('conversation.title.generated', tail)
    const isTitlePending = async () => {
      await run.log.commit({ events: [{ type: 'conversation.title.generated', title: 'A question' }] })
      return false
    }
    const reading = readAll(readerOf({ tail: early, isTitlePending }), run)
    await run.end()
    expect((await reading).map(({ type }) => type)).toEqual([
      'ready',
      'completed',
      'workflow_complete',
      'conversation.title.generated',
    ])
  })

  test('ends quietly when the reader goes away', async () => {
    const run = await newRun()
    const away = new AbortController()
    const types: string[] = []
    for await (const batch of followRun(readerOf(), { ...run.ids, after: 0 }, away.signal)) {
      types.push(...batch.map(({ type }) => type))
      away.abort()
    }
    expect(types).toEqual(['ready'])
    run.log.close()
  })

  test('that can be read from neither place says so, without a place of its own', async () => {
    const run = await newRun()
    const faults: unknown[] = []
    const unreadable = readerOf({
      tail: fragile(tail, { batches: 1, attempts: 1 }),
      isRunEnded: () => Promise.reject(new Error('connection refused')),
      onUnreadable: (error) => faults.push(error),
    })
    run.log.tell({ type: 'generation.start', model: 'test/model', tools_available: 0 })
    const events: StreamEvent[] = []
    const stream = runStream(unreadable, { ...run.ids, after: 0, ...fast })
    const reading = (async () => {
      for await (const batch of stream.batches(AbortSignal.timeout(5000))) events.push(...batch)
    })()
    await sleep(20)
    run.log.tell({ type: 'token', text: 'x', tokens_generated: 1 })
    await reading
    expect(faults).toEqual([new Error('connection refused')])
    expect(events[0]).toMatchObject({ id: 1, type: 'ready' })
    const last = events.at(-1)
    expect(last).toEqual({ type: 'error', data: expect.stringMatching(/^\{"type":"error".*"status":"error"\}$/) })
    run.log.close()
    await tail.expireAfter(tailKey(run.ids.run_id), 0)
  })
})
