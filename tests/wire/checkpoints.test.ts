import { setTimeout as sleep } from 'node:timers/promises'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import type { Reply } from '@fairlead/testing/model/model-script'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, labelOf, readRun } from './flow.fixture.ts'
import { type Random, randomOf, seed } from './random.fixture.ts'
import { recordQueries } from './record-queries.fixture.ts'
import { loadsWriteTools, newCalls } from './scenario.fixture.ts'

const conversations = process.env.FAIRLEAD_FULL ? 100 : 3
const turns = Array.from({ length: conversations }, (_, turn) => turn)

/** What the person does next, and what the model will say to it. */
type Step = { labels: readonly string[]; answers: readonly boolean[] }
/** Runs between two steps, or before the run of a decision: the place where checkpoints get lost. */
type Meanwhile = (at: number) => Promise<void>

/** A few messages; each leads to reads and writes in any order, and each write to a decision. */
function randomSteps(random: Random): Step[] {
  let count = 0
  return Array.from({ length: 2 + random.below(2) }, () => {
    const labels = Array.from({ length: random.below(4) }, () => `${random.pick(['R', 'W'])}${++count}`)
    return { labels, answers: labels.map(() => random.below(3) > 0) }
  })
}

async function play(engine: EngineUnderTest, steps: readonly Step[], meanwhile: Meanwhile) {
  const calls = newCalls(engine)
  const from = engine.tools.calls.length
  const runs: RunEvent[][] = []
  let at = 0
  let conversation: string | undefined
  const take = async (events: RunEvent[]) => {
    runs.push(events)
    conversation = events[0]?.conversation_id
    await meanwhile(at++)
  }
  engine.model.use([loadsWriteTools, { text: 'Ready.' }])
  await take(await readRun(await engine.owner.chat('get ready')))
  for (const { labels, answers } of steps) {
    const toolCalls = labels.map((label) => (label.startsWith('R') ? calls.read(label) : calls.scale(label)))
    const replies: Reply[] = [...(toolCalls.length > 0 ? [{ toolCalls }] : []), { text: `Done ${labels.join()}.` }]
    engine.model.use(replies)
    await take(await readRun(await engine.owner.chat(`do ${labels.join()}`, conversation)))
    for (;;) {
      const waiting = runs.at(-1)?.find((event) => event.type === 'tool.awaiting_approval')
      if (waiting?.type !== 'tool.awaiting_approval') break
      const approve = answers[labels.indexOf(labelOf(waiting.call_id))]
      const stream = approve ? engine.owner.approve(waiting) : engine.owner.deny(waiting, 'not now')
      await take(await readRun(await stream))
    }
  }
  const { messages } = await engine.owner.conversation(conversation ?? '')
  return {
    flows: runs.map(flowOf),
    timeline: (messages ?? []).map((message) => [
      message.type,
      message.content,
      message.type === 'user'
        ? []
        : message.segments.map((part) =>
            part.kind === 'tool'
              ? [labelOf(part.id), part.toolExecution.status, part.toolExecution.revision]
              : part.text,
          ),
    ]),
    calls: inGroups(
      engine.tools.calls
        .slice(from)
        .filter(({ callId }) => !callId.startsWith('facts_'))
        .map(({ phase, callId, name }) => ({ phase, text: `${phase} ${labelOf(callId)} ${name}` })),
    ),
    prompts: engine.model.requests
      .filter(({ isStreamed }) => isStreamed)
      .slice(-steps.length)
      .map(({ messages, tools }) => [messages.map(({ role }) => role), tools.length]),
  }
}

/** Previews of one turn leave together, so nobody promises in which order they arrive. */
function inGroups(calls: readonly { phase: string; text: string }[]): string[] {
  const texts: string[] = []
  let previews: string[] = []
  for (const { phase, text } of calls) {
    if (phase === 'preview') previews.push(text)
    else {
      texts.push(...previews.toSorted(), text)
      previews = []
    }
  }
  return [...texts, ...previews.toSorted()]
}

describe.each(adapterSets)(`checkpoints lost, %s, seed ${seed}`, { timeout: 120_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
  })
  afterAll(() => engine?.close())

  test.each(turns)('between runs, with the engine that knew them: conversation %i', async (turn) => {
    const steps = randomSteps(randomOf(turn))
    const undisturbed = await play(engine, steps, async () => {})
    const random = randomOf(10_000 + turn)
    const disturbed = await play(engine, steps, async () => {
      // What is in memory goes with the engine, what is in the database is emptied.
      if (random.below(3) === 0) await engine.restart({ whileDown: emptyCheckpoints })
    })
    expect(disturbed).toEqual(undisturbed)
  })
})

describe(`checkpoints lost while runs go on, seed ${seed}`, { timeout: 120_000 }, () => {
  let engine: EngineUnderTest
  let client: Client
  beforeAll(async () => {
    const queries = recordQueries()
    engine = await startEngineUnderTest({ adapters: 'servers', settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
    const url = new URL((await sharedPostgres()).url)
    const database = queries.take().findLast(({ text }) => text.includes('insert into "users"'))?.database
    queries.stop()
    url.pathname = `/${database}`
    client = new Client({ connectionString: url.href })
    await client.connect()
  })
  afterAll(async () => {
    await client?.end()
    await engine?.close()
  })

  test.each(turns)('at any moment: conversation %i', async (turn) => {
    const steps = randomSteps(randomOf(turn))
    const undisturbed = await play(engine, steps, async () => {})
    const random = randomOf(20_000 + turn)
    let isPlaying = true
    const losing = (async () => {
      const tables = await checkpointTables(async (query) => (await client.query(query)).rows)
      for (; isPlaying; await sleep(random.below(20))) {
        for (const table of tables) await client.query(`delete from ${table}`)
      }
      return tables.length
    })()
    const disturbed = await play(engine, steps, async () => {}).finally(() => {
      isPlaying = false
    })
    expect(await losing).toBeGreaterThan(0)
    expect(disturbed).toEqual(undisturbed)
  })
})

type Db = Parameters<NonNullable<NonNullable<Parameters<EngineUnderTest['restart']>[0]>['whileDown']>>[0]

async function emptyCheckpoints(db: Db): Promise<void> {
  const rowsOf = async (query: string) => ((await db.execute(sql.raw(query))) as unknown as { rows: Row[] }).rows
  for (const table of await checkpointTables(rowsOf)) await db.execute(sql.raw(`delete from ${table}`))
}

type Row = { tablename: string }

/** Whatever the checkpointer keeps; but not which of its own migrations have run. */
async function checkpointTables(rowsOf: (query: string) => Promise<Row[]>): Promise<string[]> {
  const rows = await rowsOf(`select tablename from pg_tables where schemaname = 'public'
    and (tablename like 'checkpoint%' or tablename = 'run_positions') and tablename not like '%migrations'`)
  return rows.map(({ tablename }) => tablename)
}
