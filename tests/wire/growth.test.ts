import { plainReply } from '@fairlead/testing/model/model-script'
import { sharedPostgres } from '@fairlead/testing/shared/shared-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { readRun } from './flow.fixture.ts'
import { type QueryRecord, recordQueries, type SentQuery } from './record-queries.fixture.ts'

const lastTurn = process.env.FAIRLEAD_FULL ? 500 : 60

/** Statements that the engine sends by the clock are nobody's turn; every one that a turn sends names one of these. */
const ofTurns = /"?\b(messages|segments|turns|tool_calls|run_events|run_text|conversations|audit_events)\b"?/
const byTheClock = /for update|"seq" is (not )?null|seq is (not )?null/i

type Cost = { statements: string[]; bytes: number; rows: number; position: number }

let engine: EngineUnderTest
let queries: QueryRecord
beforeAll(async () => {
  queries = recordQueries()
  engine = await startEngineUnderTest({ adapters: 'servers' })
})
afterAll(async () => {
  queries.stop()
  await engine?.close()
})

test(
  `turn ${lastTurn} costs what turn 5 did`,
  async () => {
    engine.model.use((request) => {
      if (!request.isStreamed) return plainReply
      return request.messages.at(-1)?.role === 'user'
        ? { toolCalls: [{ name: 'k8s_get', args: { resource_type: 'pods' } }] }
        : { text: 'Seen.' }
    })
    let conversation: string | undefined
    const costs = new Map<number, Cost>()
    for (let turn = 1; turn <= lastTurn; turn++) {
      queries.take()
      const [ready] = await readRun(await engine.owner.chat('which pods are there?', conversation))
      conversation = ready?.conversation_id
      const sent = queries.take().filter(({ text }) => ofTurns.test(text) && !byTheClock.test(text))
      // With that many messages the model's window is full; before it, its rows are fewer.
      if ([5, 42, lastTurn].includes(turn)) costs.set(turn, await costOf(sent))
    }
    const [early, full, late] = [costs.get(5), costs.get(42), costs.get(lastTurn)]
    if (early === undefined || full === undefined || late === undefined) throw new Error('a turn was not measured')
    expect(late.statements.toSorted()).toEqual(early.statements.toSorted())
    expect(late.bytes).toBeLessThanOrEqual(early.bytes * 1.2)
    expect(late.rows).toBeLessThanOrEqual(full.rows * 1.2)
    expect(late.position).toBeLessThan(1024)
  },
  lastTurn * 3000,
)

async function costOf(sent: readonly SentQuery[]): Promise<Cost> {
  const isWrite = ({ text }: SentQuery) => /^\s*(insert|update|delete|with)/i.test(text)
  const position = sent.flatMap(({ values }) =>
    values.filter((value) => typeof value === 'string' && value.includes('"pending_tools"')),
  )
  return {
    statements: sent.map(({ text }) => text.replace(/\$\d+/g, '$').replace(/(\(\$(, \$)*\)(, )?)+/g, '($)')),
    bytes: sent.filter(isWrite).reduce((sum, { bytes }) => sum + bytes, 0),
    rows: await rowsRead(sent.filter(({ text }) => /^\s*select/i.test(text))),
    position: Math.max(0, ...position.map((value) => Buffer.byteLength(String(value)))),
  }
}

type Plan = {
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Relation Name'?: string
  Plans?: Plan[]
}

/** Rows that the same questions touch when they are asked again: what a filter threw away counts. */
async function rowsRead(selects: readonly SentQuery[]): Promise<number> {
  const url = new URL((await sharedPostgres()).url)
  url.pathname = `/${selects[0]?.database}`
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    // Small tables are read whole whatever the question; with many conversations beside this one they would not be.
    for (const way of ['seqscan', 'hashjoin', 'mergejoin']) await client.query(`set enable_${way} = off`)
    await client.query('analyze')
    let rows = 0
    for (const { text, values } of selects) {
      const { rows: answer } = await client.query(`explain (analyze, format json) ${text}`, [...values])
      rows += touched(answer[0]['QUERY PLAN'][0].Plan)
    }
    return rows
  } finally {
    await client.end()
  }
}

function touched(plan: Plan): number {
  const removed = plan['Rows Removed by Filter'] ?? 0
  const own = plan['Relation Name'] === undefined ? 0 : (plan['Actual Rows'] + removed) * plan['Actual Loops']
  return own + (plan.Plans ?? []).reduce((sum, inner) => sum + touched(inner), 0)
}
