import type { RunEvent } from '@fairlead/contract/events/run-event'
import { writesIn } from '@fairlead/testing/cluster-writes'
import { isOnSandbox } from '@fairlead/testing/is-on-sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { questionOf, type Seen } from './caller.fixture.ts'
import { createDice, type Dice, seed } from './dice.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { heldOnTheWay, type Window, type WindowName, windows } from './kill-windows.fixture.ts'
import { prepareWrite, type WriteKind } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { questionFor } from './scripted-by-question.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const names = Object.keys(windows) as WindowName[]
/** In the short run one kill in each window; in the full one ten and more. */
const kills = names.flatMap((window) => Array.from({ length: isFull ? 10 : 1 }, (_, nth) => ({ window, nth })))
/** Writes that the API server does not guard as a whole. `isDone`: whether it has happened in the end, where that is sure. */
const unsure: readonly { window: WindowName; kind: WriteKind; isDone?: boolean; how?: Window }[] = [
  { window: 'b row committed, nothing sent', kind: 'command', isDone: false },
  { window: 'b row committed, sent late', kind: 'command' },
  { window: 'c request held on the way', kind: 'command' },
  { window: 'd answered, not committed', kind: 'command', isDone: true },
  // The first object is written, the second is not.
  { window: 'c request held on the way', kind: 'both', how: { arm: heldOnTheWay(2), late: [true] } },
]
// The sandbox runs no commands.
const unsureHere = isOnSandbox() ? unsure.filter(({ kind }) => kind !== 'command') : unsure
const unsureKills = unsureHere.flatMap((each, at) =>
  Array.from({ length: isFull ? 3 : 1 }, (_, nth) => ({ ...each, at, nth })),
)

type Row = { window: WindowName; write: string; outcome: string; effects: number; attempts: number; audited: string }

let all: Installation & { engine: EngineProcess }
let namespace: string
/** The one that dies next, and the one that takes over. */
let engines: [EngineProcess, EngineProcess]
const table: Row[] = []

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: 1.5 })
  namespace = await all.apiServer.newNamespace('gate')
  engines = [all.engine, await all.startEngine()]
}, 180_000)
afterAll(async () => {
  console.log(`FAIRLEAD_SEED=${seed}\n${summary(table)}`)
  await all?.close()
}, 60_000)

test.each(kills)('an engine killed: $window ($nth)', { timeout: 120_000 }, async ({ window, nth }) => {
  const { row, write, last, shown } = await killIn(window, createDice(seed).fork(names.indexOf(window) * 1000 + nth))
  // Each of these writes is one object whose preconditions the API server enforces: its outcome can always be read.
  expect(row, shown).toMatchObject({ effects: 1, audited: 'yes' })
  expect(row.outcome).toMatch(/^(succeeded|recovered|sent again)$/)
  expect(await write.isDone()).toBe(true)
  expect(last).toMatchObject({ type: 'workflow_complete', status: 'completed' })
})

test.each(unsureKills)('an engine killed: $kind, $window ($nth)', { timeout: 120_000 }, async (kill) => {
  const { window, nth, at, isDone } = kill
  const { row, write, last, shown } = await killIn(
    window,
    createDice(seed).fork((names.length + at) * 1000 + nth),
    kill,
  )
  // Nobody can tell from the cluster whether it has happened, so it is never run again.
  expect(row, shown).toMatchObject({ outcome: 'unknown', attempts: 1, audited: 'yes' })
  expect(row.effects).toBeLessThanOrEqual(1)
  if (isDone !== undefined) {
    expect(row.effects).toBe(Number(isDone))
    expect(await write.isDone()).toBe(isDone)
  }
  expect(last).toMatchObject({ type: 'workflow_complete', status: 'completed' })
})

/** Kills the engine that is about to do a write in this window, and lets the other end its run. */
async function killIn(
  window: WindowName,
  dice: Dice,
  { kind, how = windows[window] }: { kind?: WriteKind; how?: Window } = {},
) {
  const [victim, heir] = engines
  const write = await prepareWrite(all.apiServer, namespace, dice, kind)
  const asked = await all.owner.ask(victim.api, questionFor({ calls: [write.call] }))
  const question = await questionOf(asked)
  const { call_id, conversation_id } = question
  const { arm, late } = how
  const armed = await arm(all, call_id)
  const isLate = dice.pick<boolean>(late)
  const decided = all.owner.decide(victim.api, question, true)
  await armed.reached
  await victim.kill()
  if (!isLate) await armed.release()
  const seenBefore = await decided.then(
    (stream) => stream.ended,
    () => [], // it died before it answered
  )
  // The next victim starts while the heir works.
  const next = all.startEngine()
  const run_id = await lastRun(conversation_id)
  const taken = await all.owner.open(heir.api, `/agent/runs/${run_id}/events`, { after: 0 })
  await taken.until(({ type }) => type === 'workflow_complete' || type === 'workflow_error')
  if (isLate) await armed.release()
  const events = await taken.ended
  engines = [heir, await next]
  all.toWorker.interfere(() => ({ do: 'pass' }))
  all.toCluster.interfere(() => ({ do: 'pass' }))

  const row = await rowOf(window, write.kind, call_id)
  table.push(row)
  expectOneStream(seenBefore, events, row.outcome === 'unknown')
  const last = events.at(-1)?.type === 'conversation.title.generated' ? events.at(-2) : events.at(-1)
  return { row, write, last, shown: JSON.stringify(events.map(({ type }) => type)) }
}

test('every write in the cluster has its approval, and every approved write that was told of is there', async () => {
  await expectReconciled(all, engines[0].api, [namespace])
}, 60_000)

/** What a client saw before the kill comes again, the same, and goes on without a gap in what is fact. */
function expectOneStream(before: readonly Seen[], after: readonly Seen[], isUnknown: boolean): void {
  const facts = (events: readonly Seen[]) => events.filter(({ type }) => !['token', 'thinking'].includes(type))
  expect(facts(after).slice(0, facts(before).length)).toEqual(facts(before))
  const ids = after.map(({ id }) => id)
  expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other))
  const count = (type: RunEvent['type']) => after.filter((event) => event.type === type).length
  expect([count('tool.approved'), count('tool.executing')]).toEqual([1, 1])
  const ends = [count('tool.result'), count('tool.verified'), count('tool.error')]
  expect(ends).toEqual(isUnknown ? [0, 0, 1] : [1, 1, 0])
}

async function lastRun(conversationId: string): Promise<string> {
  const { rows } = await all.sql.query('select id from runs where conversation_id = $1 order by started_at desc', [
    conversationId,
  ])
  return rows[0].id
}

async function rowOf(window: WindowName, write: string, callId: string): Promise<Row> {
  const { rows: calls } = await all.sql.query('select * from tool_calls where call_id = $1', [callId])
  const { rows: attempts } = await all.sql.query('select * from attempts where call_id = $1', [callId])
  const { rows: audit } = await all.sql.query('select type from audit_events where call_id = $1', [callId])
  const count = (type: string) => audit.filter((event) => event.type === type).length
  const effects = (await writesIn(all.apiServer, [namespace])).filter((effect) => effect.callId === callId)
  const isAudited =
    count('approval.decided') === 1 &&
    count('grant.issued') === attempts.length &&
    count('attempt.started') === attempts.length &&
    count('attempt.ended') === attempts.length &&
    count('call.ended') === 1
  const { status, outcome, recovered } = calls[0]
  const told = recovered ? 'recovered' : attempts.length > 1 ? 'sent again' : (outcome ?? status)
  // A creation is a POST and the apply that takes its fields over, so one effect is each verb once on each object.
  const most = Math.max(
    0,
    ...effects.map(({ verb, name }) => effects.filter((other) => other.verb === verb && other.name === name).length),
  )
  return { window, write, outcome: told, effects: most, attempts: attempts.length, audited: isAudited ? 'yes' : 'NO' }
}

/** One line a window. */
function summary(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => cells.map((cell) => String(cell).padEnd(14)).join('')
  const head = ['kills', 'succeeded', 'recovered', 'sent again', 'unknown', 'most effects', 'records']
  const lines = names.map((window) => {
    const of = rows.filter((row) => row.window === window)
    const times = (outcome: string) => of.filter((row) => row.outcome === outcome).length
    const most = Math.max(0, ...of.map(({ effects }) => effects))
    const whole = of.every(({ audited }) => audited === 'yes') ? 'whole' : 'NOT WHOLE'
    const outcomes = ['succeeded', 'recovered', 'sent again', 'unknown'].map(times)
    return window.padEnd(34) + line([of.length, ...outcomes, most, whole])
  })
  return ['window'.padEnd(34) + line(head), ...lines].join('\n')
}
