import type { RunEvent } from '@fairlead/contract/events/run-event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import type { Seen } from './event-stream.fixture.ts'
import { only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

type Events = Seen<RunEvent>[]

describe.each(adapterSets)('streams of a run, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  afterAll(() => engine?.close())

  /** Runs of every kind of end, as their first reader saw them. */
  async function severalRuns(): Promise<Record<string, Events>> {
    const conversation = await openConversation(engine)
    const { read, scale } = newCalls(engine)
    engine.model.use([
      { reasoning: 'First I look around, then I think.', text: { pieces: 40 }, toolCalls: [read('R1'), scale('W1')] },
      { text: 'Scaled.' },
      { toolCalls: [scale('W2')] },
      { text: 'As you wish.' },
      { fault: { kind: 'status', status: 400, message: 'no' } },
      { text: { pieces: 10_000 }, pace: { piecesPerSecond: 200 } },
    ])
    const waiting = await readRun(await engine.owner.chat('scale it', conversation))
    const approved = await readRun(await engine.owner.approve(only(waiting, 'tool.awaiting_approval')))
    const again = await readRun(await engine.owner.chat('once more', conversation))
    const denied = await readRun(await engine.owner.deny(only(again, 'tool.awaiting_approval'), 'enough'))
    const failed = await readRun(await engine.owner.chat('hello?', conversation))
    const talk = await engine.owner.chat('talk', conversation)
    await talk.until('token', ({ tokens_generated }) => tokens_generated >= 20)
    await engine.owner.stop(await talk.until('ready'))
    const stopped = await readRun(talk)
    const titled = await untitledChat()
    return { waiting, approved, again, denied, failed, stopped, titled }
  }

  async function untitledChat(): Promise<Events> {
    engine.model.use([{ text: 'Hello.' }])
    const events = await readRun(await engine.owner.chat('a new subject'))
    expect(events.map(({ type }) => type)).toContain('conversation.title.generated')
    return events
  }

  test('what is read again, live or from the record, is what was sent', async () => {
    const runs = await severalRuns()
    for (const [name, sent] of Object.entries(runs)) {
      const again = await readRun(await engine.owner.follow(idOf(sent)))
      expect(joined(again), `${name}, live`).toEqual(joined(sent))
    }
    await engine.loseTails()
    for (const [name, sent] of Object.entries(runs)) {
      const rebuilt = await readRun(await engine.owner.follow(idOf(sent)))
      expect(
        rebuilt.map(({ id }) => id),
        `${name}, from the record`,
      ).toEqual(joined(sent).map(({ id }) => id))
      expect(joined(rebuilt), `${name}, from the record`).toEqual(joined(sent))
    }
  })

  test('a stream goes on after any id', async () => {
    const { waiting = [], stopped = [] } = await severalRuns()
    const goesOn = async (sent: Events) => {
      for (const at of [0, 1, Math.floor(sent.length / 3), Math.floor(sent.length / 2), sent.length - 2]) {
        const after = sent[at]?.id
        const rest = await readRun(await engine.owner.follow(idOf(sent), after), { after })
        expect(joined([...sent.slice(0, at + 1), ...rest]), `after ${at} of ${sent.length}`).toEqual(joined(sent))
      }
      const last = await engine.owner.follow(idOf(sent), sent.at(-1)?.id)
      expect(await last.all()).toEqual([])
    }
    for (const sent of [waiting, stopped]) await goesOn(sent)
    await engine.loseTails()
    for (const sent of [waiting, stopped]) await goesOn(sent)
  })

  test('readers that come at any time see the same', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([{ text: { pieces: 300 }, pace: { piecesPerSecond: 300 } }])
    const first = await engine.owner.chat('talk', conversation)
    const { run_id } = await first.until('ready')
    const others = []
    for (const count of [1, 50, 150, 299]) {
      await first.until('token', ({ tokens_generated }) => tokens_generated >= count)
      others.push(engine.owner.follow(run_id))
    }
    const sent = joined(await readRun(first))
    for (const other of others) expect(joined(await readRun(await other))).toEqual(sent)
  })

  test('a reader that goes away ends nothing', async () => {
    const conversation = await openConversation(engine)
    engine.model.use([{ text: { pieces: 100 }, pace: { piecesPerSecond: 200 } }])
    const first = await engine.owner.chat('talk', conversation)
    const { run_id } = await first.until('token')
    first.close()
    const events = await readRun(await engine.owner.follow(run_id))
    expect(only(events, 'workflow_complete').status).toBe('completed')
    expect(only(events, 'generation.complete').content).toMatch(/w99 $/)
  })
})

function idOf(events: Events): string {
  return only(events, 'ready').run_id
}

/** Neighbouring pieces of one text as one, under the id of the last; when a joined piece was said is nobody's promise. */
function joined(events: Events): Events {
  const all: Events = []
  for (const event of events) {
    const before = all.at(-1)
    if (event.type !== 'token' && event.type !== 'thinking') all.push(event)
    else if (before?.type === event.type) all.splice(-1, 1, { ...event, text: before.text + event.text, ...timeless })
    else all.push({ ...event, ...timeless })
  }
  return all
}

const timeless = { timestamp: 0 }
