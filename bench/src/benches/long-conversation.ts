import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { median } from '../percentile.ts'
import { type Engine, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 9
const TURNS = 40
const replies = [{ text: { pieces: 20 } }]

type Cost = { cpuMs: number; bytes: number }

/** What turn 500 of a conversation costs the engine, and writes, against turn 50 and turn 5; measured by turns. */
export const longConversation: Bench = async (servers, report) => {
  const engine = await startEngine(servers, 'servers')
  const database = new Client({ connectionString: engine.databaseUrl })
  await database.connect()
  try {
    // Whole pages after a checkpoint would count for the first turns, and cleaning up for the next ones.
    await database.query('alter system set full_page_writes = off')
    await database.query('alter system set autovacuum = off')
    await database.query('select pg_reload_conf()')
    const old = await grown(engine, 500)
    const costs: Record<5 | 50 | 500, Cost[]> = { 5: [], 50: [], 500: [] }
    for (let round = 0; round < ROUNDS; round++) {
      const young = await Promise.all(Array.from({ length: TURNS }, () => grown(engine, 4)))
      const middle = await grown(engine, 40)
      costs[5].push(await costOf(engine, database, young))
      costs[50].push(await costOf(engine, database, Array<string>(TURNS).fill(middle)))
      costs[500].push(await costOf(engine, database, Array<string>(TURNS).fill(old)))
    }
    for (const [what, unit] of [
      ['cpuMs', 'ms'],
      ['bytes', 'bytes'],
    ] as const) {
      const at = (turn: 5 | 50 | 500) => median(costs[turn].map((cost) => cost[what]))
      const name = what === 'cpuMs' ? "the engine's CPU" : 'bytes written'
      for (const turn of [5, 50, 500] as const) report({ name: `turn ${turn}: ${name}`, value: at(turn), unit })
      for (const turn of [50, 500] as const) {
        report({
          name: `turn ${turn} against turn 5: ${name}`,
          value: median(costs[turn].map((cost, round) => cost[what] / (costs[5][round]?.[what] ?? Number.NaN))),
          unit: 'times',
          bar: { atMost: 1.2 },
        })
      }
    }
  } finally {
    await database.end()
    await engine.stop()
  }
}

/** A conversation of so many turns. */
async function grown(engine: Engine, turns: number): Promise<string> {
  let conversationId: string | undefined
  for (let turn = 0; turn < turns; turn++)
    conversationId = (await engine.send(replies, { conversationId })).conversationId
  return conversationId ?? ''
}

/** Of one more turn of each conversation, on average, with the sealing of what it leaves in the audit record. */
async function costOf(engine: Engine, database: Client, conversations: readonly string[]): Promise<Cost> {
  await untilSealed(database)
  const before = { cpuMs: await engine.cpuMs(), position: await walPosition(database) }
  for (const conversationId of conversations) await engine.send(replies, { conversationId })
  await untilSealed(database)
  const bytes = (await walPosition(database)) - before.position
  return { cpuMs: ((await engine.cpuMs()) - before.cpuMs) / conversations.length, bytes: bytes / conversations.length }
}

/** Audit rows are sealed in batches, a few times a second: a late batch would count for the next turns. */
async function untilSealed(database: Client): Promise<void> {
  const isSealed = async () =>
    (await database.query('select from audit_events where seq is null limit 1')).rowCount === 0
  while (!(await isSealed())) await sleep(50)
}

/** Bytes that Postgres has ever written to its log of changes. */
async function walPosition(database: Client): Promise<number> {
  const { rows } = await database.query<{ bytes: string }>("select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes")
  return Number(rows[0]?.bytes)
}
