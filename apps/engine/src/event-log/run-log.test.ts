import { randomUUID } from 'node:crypto'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../db/databases.fixture.ts'
import type { Database } from '../db/open-database.ts'
import { runText } from './record/message.table.ts'
import { runEvents } from './record/run-event.table.ts'
import { createTextRecorder } from './record-text.ts'
import { RunLog } from './run-log.ts'
import type { TailEntry } from './tail/live-tail.ts'
import { createMemoryLiveTail } from './tail/memory-live-tail.ts'

describe.each(databases)('the one writer of a run, $name', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database?.close())

  /** Words are written one time after the other, each once it is let. */
  function aLog() {
    const ids = { run_id: randomUUID(), conversation_id: randomUUID() }
    const sent: TailEntry[] = []
    const tail = createMemoryLiveTail({ onFenced: () => {} })
    const writes: { begun: PromiseWithResolvers<void>; let: PromiseWithResolvers<void> }[] = []
    const write = (n: number) => {
      writes[n] ??= { begun: Promise.withResolvers(), let: Promise.withResolvers() }
      return writes[n]
    }
    const record = createTextRecorder({ db: database.db, heldAmong: async (_, runs) => runs })
    let written = 0
    const log = new RunLog({
      ...ids,
      db: database.db,
      tail: {
        ...tail,
        push: (key, ...entries) => {
          sent.push(...entries)
          tail.push(key, ...entries)
        },
      },
      nextId: 1,
      fence: async () => {},
      now: Date.now,
      recordText: async (shown) => {
        const { begun, let: may } = write(written++)
        begun.resolve()
        await may.promise
        await record({ run_id: ids.run_id, epoch: 1 }, shown)
      },
      flushAfterMs: 1,
    })
    const stored = async () => {
      const text = await database.db
        .select()
        .from(runText)
        .where(eq(runText.run_id, ids.run_id))
        .orderBy(asc(runText.n))
      const events = await database.db
        .select()
        .from(runEvents)
        .where(eq(runEvents.run_id, ids.run_id))
        .orderBy(asc(runEvents.id))
      return { text: text.map((row) => row.text), events: events.map(({ id, type, data }) => ({ id, type, data })) }
    }
    return { log, sent: () => sent.map(({ id, type }) => `${id} ${type}`), write, stored }
  }
  const token = (text: string): RunEventBody => ({ type: 'token', text, tokens_generated: 1 })
  const retried: RunEventBody = { type: 'rate_limit', retry_in: 1, attempt: 1, max_retries: 3 }

  test('sends words while those before them are being written, and writes each once', async () => {
    const { log, sent, write, stored } = aLog()
    log.tell(token('one '))
    await write(0).begun.promise
    log.tell(token('two '))
    log.tell(retried)
    expect(sent()).toEqual(['1 token', '2 token', '3 rate_limit'])
    write(0).let.resolve()
    await write(1).begun.promise
    log.tell(token('three'))
    write(1).let.resolve()
    write(2).let.resolve()
    await expect.poll(async () => (await stored()).text).toEqual(['one ', 'two ', 'three'])
    expect((await stored()).events).toEqual([
      { id: 1, type: 'token', data: { pieces: '1:4' } },
      { id: 2, type: 'token', data: { pieces: '2:4' } },
      { id: 3, type: 'rate_limit', data: { retry_in: 1, attempt: 1, max_retries: 3 } },
      { id: 4, type: 'token', data: { pieces: '4:5' } },
    ])
    log.close()
  })

  test('a transaction waits for words being written; what is told during it comes behind its events', async () => {
    const { log, sent, write, stored } = aLog()
    log.tell(token('one '))
    await write(0).begun.promise
    const [facts, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const committed = log.commit({
      facts: async () => {
        facts.resolve()
        await done.promise
      },
      events: [{ type: 'ready' }],
    })
    log.tell(token('two '))
    expect(sent()).toEqual(['1 token', '2 token'])
    write(0).let.resolve()
    await facts.promise
    log.tell(token('three'))
    expect(sent()).toEqual(['1 token', '2 token'])
    done.resolve()
    expect(await committed).toBe(true)
    expect(sent()).toEqual(['1 token', '2 token', '3 ready', '4 token'])
    write(1).let.resolve()
    write(2).let.resolve()
    await expect.poll(async () => (await stored()).events.map(({ id, type }) => `${id} ${type}`)).toEqual(sent())
    log.close()
  })

  test('words that could not be written are told of by the next transaction', async () => {
    const { log, write } = aLog()
    log.tell(token('one '))
    await write(0).begun.promise
    write(0).let.reject(new Error('the disk is full'))
    await expect
      .poll(() => log.commit({}).catch((error: Error) => error.message))
      .toBe('The record could not be written')
    log.close()
  })
})
