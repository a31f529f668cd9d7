import type { RunEventBody } from '@fairlead/contract/events/run-event'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../../db/databases.fixture.ts'
import type { Database } from '../../db/open-database.ts'
import { aConversation, anEffect, aRun, speak } from '../record.fixture.ts'
import { tailKey } from '../run-log.ts'
import { joined, scriptedGenerations, withoutThinkingTime } from '../scripted-run.fixture.ts'
import type { LiveTail, TailEntry } from '../tail/live-tail.ts'
import { createMemoryLiveTail } from '../tail/memory-live-tail.ts'
import { rebuildEvents } from './rebuild-events.ts'

const readEffects = async () => () => anEffect('nothing')

async function allOf(tail: LiveTail, runId: string): Promise<TailEntry[]> {
  for await (const batch of tail.follow(tailKey(runId), 0, AbortSignal.timeout(5000))) {
    if (batch === 'lost') break
    return [...batch]
  }
  throw new Error('the tail has nothing')
}

describe.each(databases)('events rebuilt from $name', ({ open }) => {
  let database: Database
  const tail = createMemoryLiveTail({ onFenced: () => {} })
  beforeAll(async () => {
    database = await open()
  })
  afterAll(async () => {
    await tail.close()
    await database.close()
  })

  test('are those of the live stream after any id, neighbouring pieces joined, void ones gone', async () => {
    const { db } = database
    await fc.assert(
      fc.asyncProperty(scriptedGenerations, fc.nat(), async (script, cut) => {
        const run = await aRun(db, { tail, conversationId: await aConversation(db) })
        for (const generation of script) await speak(run, generation)
        await run.end()
        const sent = await allOf(tail, run.ids.run_id)
        for (const after of [0, cut % (sent.length + 1)]) {
          const rebuilt = await rebuildEvents(db, run.ids, after, { readEffects })
          expect(rebuilt.map(withoutThinkingTime)).toEqual(joined(sent, after).map(withoutThinkingTime))
        }
      }),
      { numRuns: 12, interruptAfterTimeLimit: 10_000 },
    )
  })

  test('end before a piece whose words are not in the record yet', async () => {
    const { db } = database
    const run = await aRun(db, { tail, conversationId: await aConversation(db), flushAfterMs: 300 })
    run.log.tell({ type: 'generation.start', model: 'test/model', tools_available: 0 })
    for (const text of ['one ', 'two ']) run.log.tell({ type: 'token', text, tokens_generated: 1 })
    await run.log.commit({ events: [{ type: 'conversation.title.generated', title: 'Numbers' }] })
    // Told and numbered before the title, but its words are flushed later.
    expect((await rebuildEvents(db, run.ids, 0, { readEffects })).map(({ type }) => type)).toEqual([
      'ready',
      'generation.start',
    ])
    await expect
      .poll(async () => (await rebuildEvents(db, run.ids, 3, { readEffects })).map(({ id, type }) => ({ id, type })))
      .toEqual([
        { id: 4, type: 'token' },
        { id: 5, type: 'conversation.title.generated' },
      ])
    run.log.close()
  })

  test('put effects back by call and revision', async () => {
    const { db } = database
    const run = await aRun(db, { tail, conversationId: await aConversation(db) })
    await speak(run, { pieces: [], isVoid: false, calls: 1 })
    const sent = await allOf(tail, run.ids.run_id)
    const call_id = String(JSON.parse(sent.at(-1)?.data ?? '').call_id)
    const event = (revision: number): RunEventBody => ({
      type: 'tool.awaiting_approval',
      call_id,
      tool: 'k8s_get',
      title: 'Get',
      args: { name: call_id },
      context: { conversation_id: run.ids.conversation_id, approval_decisions: {} },
      args_digest: '0'.repeat(64),
      effect_digest: '1'.repeat(64),
      effect: anEffect(`${call_id} ${revision}`),
      revision,
      expires_at: null,
      required: { approvers: 1, not_requester: false, reason: false, passkey: false },
      votes: [],
      policies: [],
    })
    await run.log.commit({ events: [event(1), event(2)] })
    const rebuilt = await rebuildEvents(db, run.ids, sent.at(-1)?.id ?? 0, {
      readEffects: async (_, callIds) => (callId, revision) => {
        expect(callIds).toEqual([call_id])
        return anEffect(`${callId} ${revision}`)
      },
    })
    expect(rebuilt.map(withoutThinkingTime)).toEqual(
      (await allOf(tail, run.ids.run_id)).slice(-2).map(withoutThinkingTime),
    )
    run.log.close()
  })
})
