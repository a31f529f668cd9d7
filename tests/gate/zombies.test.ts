import { setTimeout as sleep } from 'node:timers/promises'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CallRecord, expectOneStream, lastOf, lastRun, recordOf, tableOf } from './call-record.fixture.ts'
import { approvalOf } from './caller.fixture.ts'
import { createDice, type Dice, seed } from './dice.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { type WindowName, windows } from './kill-windows.fixture.ts'
import { prepareWrite, type WriteKind } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const names = Object.keys(windows) as WindowName[]
/** In the short run one in each window; in the full one ten. */
const zombies = names.flatMap((window) => Array.from({ length: isFull ? 10 : 1 }, (_, nth) => ({ window, nth })))
/** Writes that the API server does not guard. */
const unsure: readonly { window: WindowName; kind: WriteKind }[] = [
  { window: 'b row committed, sent late', kind: 'command' },
  { window: 'c request held on the way', kind: 'command' },
  { window: 'd answered, not committed', kind: 'command' },
]
// The sandbox runs no commands.
const unsureZombies = (isOnSandbox() ? [] : unsure).flatMap((each, at) =>
  Array.from({ length: isFull ? 3 : at === 0 ? 1 : 0 }, (_, nth) => ({ ...each, at, nth })),
)
const LEASE_SECONDS = 1.5

let all: Installation & { engine: EngineProcess }
let namespace: string
/** The one that stands still next, and the one that takes over. Both go on living, and change places. */
let engines: [EngineProcess, EngineProcess]
const table: CallRecord[] = []

beforeAll(async () => {
  all = await startInstallation({ leaseSeconds: LEASE_SECONDS })
  namespace = await all.apiServer.newNamespace('gate')
  engines = [all.engine, await all.startEngine()]
}, 180_000)
afterAll(async () => {
  console.log(`FAIRLEAD_SEED=${seed}\n${tableOf('zombies', names, table)}`)
  await all?.close()
}, 60_000)

test.each(zombies)('an engine stands still and comes back: $window ($nth)', { timeout: 120_000 }, async (zombie) => {
  const { window, nth } = zombie
  const { row, write, last, shown } = await standStillIn(
    window,
    createDice(seed).fork(names.indexOf(window) * 1000 + nth),
  )
  expect(row, shown).toMatchObject({ effects: 1, audited: 'yes' })
  expect(row.outcome, shown).toMatch(/^(succeeded|recovered|sent again)$/)
  expect(await write.isDone()).toBe(true)
  expect(last).toMatchObject({ type: 'workflow_complete', status: 'completed' })
})

test.each(unsureZombies)(
  'an engine stands still and comes back: $kind, $window ($nth)',
  { timeout: 120_000 },
  async ({ window, kind, at, nth }) => {
    const dice = createDice(seed).fork((names.length + at) * 1000 + nth)
    const { row, last, shown } = await standStillIn(window, dice, kind)
    // Nobody can tell from the cluster whether it has happened, so it is never run again.
    expect(row, shown).toMatchObject({ outcome: 'unknown', attempts: 1, audited: 'yes' })
    expect(row.effects, shown).toBeLessThanOrEqual(1)
    expect(last).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  },
)

/** Has the engine that is about to do a write stand still in this window, past its lease, and come back. */
async function standStillIn(window: WindowName, dice: Dice, kind?: WriteKind) {
  const [zombie, heir] = engines
  const write = await prepareWrite(all.apiServer, namespace, dice, kind)
  const approval = await approvalOf(await all.owner.ask(zombie.api, messageFor({ calls: [write.call] })))
  const { call_id, conversation_id } = approval
  const { arm, late } = windows[window]
  const armed = await arm(all, call_id)
  const isLate = dice.pick<boolean>(late)
  /** It comes back while the other one works on the run, or only afterwards. */
  const comesBackAmid = dice.pick([true, false])
  const decided = all.owner.decide(zombie.api, approval, true)
  await armed.reached
  const run_id = await lastRun(all, conversation_id)
  const epoch = await epochOf(run_id)
  zombie.pause()
  let events: Awaited<Awaited<ReturnType<typeof all.owner.open>>['ended']>
  try {
    await sleep(1000 * LEASE_SECONDS)
    if (!isLate) await armed.release()
    while ((await epochOf(run_id)) === epoch) await sleep(20)
    if (comesBackAmid) {
      await sleep(dice.whole(0, 300))
      zombie.resume()
    }
    const taken = await all.owner.open(heir.api, `/agent/runs/${run_id}/events`, { after: 0 })
    await taken.until(({ type }) => type === 'workflow_complete' || type === 'workflow_error')
    if (isLate) await armed.release()
    events = await taken.ended
  } finally {
    zombie.resume()
  }
  const seenBefore = (await decided.catch(() => undefined))?.events ?? []
  await untilSettled(run_id, zombie)
  engines = [heir, zombie]
  all.toWorker.interfere(() => ({ do: 'pass' }))
  all.toCluster.interfere(() => ({ do: 'pass' }))
  const row = await recordOf(all, { window, write, callId: call_id, namespace })
  table.push(row)
  expectOneStream(seenBefore, events, row.outcome === 'unknown')
  const shown = JSON.stringify({ isLate, comesBackAmid, kind: write.kind, types: events.map(({ type }) => type) })
  return { row, write, last: lastOf(events), shown }
}

async function epochOf(runId: string): Promise<number> {
  const { rows } = await all.sql.query('select epoch from runs where id = $1', [runId])
  return rows[0].epoch
}

/** The run has ended and stays as it is, and the engine that came back has heard of it: it has renewed its leases twice. */
async function untilSettled(runId: string, { api }: EngineProcess): Promise<void> {
  const ready = async () => (await fetch(`${api}/health/ready`).catch(() => undefined))?.status
  await expect.poll(ready, { timeout: 20_000 }).toBe(200)
  await sleep(1000 * LEASE_SECONDS)
  const { rows } = await all.sql.query('select status from runs where id = $1', [runId])
  expect(rows).toEqual([{ status: 'ended' }])
}

test('every write in the cluster has its approval, and every approved write that was told of is there', async () => {
  await expectReconciled(all, engines[0].api, [namespace])
}, 60_000)
