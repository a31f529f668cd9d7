import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CallRecord, expectOneStream, lastOf, lastRun, recordOf, tableOf } from './call-record.fixture.ts'
import { approvalOf } from './caller.fixture.ts'
import { createDice, type Dice, seed } from './dice.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { heldOnTheWay, type Window, type WindowName, windows } from './kill-windows.fixture.ts'
import { prepareWrite, type WriteKind } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

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

let all: Installation & { engine: EngineProcess }
let namespace: string
/** The one that dies next, and the one that takes over. */
let engines: [EngineProcess, EngineProcess]
const table: CallRecord[] = []

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: 1.5 })
  namespace = await all.apiServer.newNamespace('gate')
  engines = [all.engine, await all.startEngine()]
}, 180_000)
afterAll(async () => {
  console.log(`FAIRLEAD_SEED=${seed}\n${tableOf('kills', names, table)}`)
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
  const stream = await all.owner.ask(victim.api, messageFor({ calls: [write.call] }))
  const approval = await approvalOf(stream)
  const { call_id, conversation_id } = approval
  const { arm, late } = how
  const armed = await arm(all, call_id)
  const isLate = dice.pick<boolean>(late)
  const decided = all.owner.decide(victim.api, approval, true)
  await armed.reached
  await victim.kill()
  if (!isLate) await armed.release()
  const seenBefore = await decided.then(
    (stream) => stream.ended,
    () => [], // it died before it answered
  )
  // The next victim starts while the heir works.
  const next = all.startEngine()
  const run_id = await lastRun(all, conversation_id)
  const taken = await all.owner.open(heir.api, `/agent/runs/${run_id}/events`, { after: 0 })
  await taken.until(({ type }) => type === 'workflow_complete' || type === 'workflow_error')
  if (isLate) await armed.release()
  const events = await taken.ended
  engines = [heir, await next]
  all.toWorker.interfere(() => ({ do: 'pass' }))
  all.toCluster.interfere(() => ({ do: 'pass' }))

  const row = await recordOf(all, { window, write, callId: call_id, namespace })
  table.push(row)
  expectOneStream(seenBefore, events, row.outcome === 'unknown')
  return { row, write, last: lastOf(events), shown: JSON.stringify(events.map(({ type }) => type)) }
}

test('every write in the cluster has its approval, and every approved write that was told of is there', async () => {
  await expectReconciled(all, engines[0].api, [namespace])
}, 60_000)
