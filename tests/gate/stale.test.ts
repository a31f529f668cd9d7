import { setTimeout as sleep } from 'node:timers/promises'
import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approvalOf } from './caller.fixture.ts'
import { createDice, seed } from './dice.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { prepareWrite } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

let all: Installation & { engine: EngineProcess }
let namespace: string
const dice = createDice(seed)

beforeAll(async () => {
  all = await startInstallation()
  namespace = await all.apiServer.newNamespace('gate')
}, 180_000)
afterAll(() => all?.close(), 60_000)

const patch = (path: string, body: object) =>
  all.apiServer.request('PATCH', path, body, 'application/strategic-merge-patch+json')

test(`what was approved has changed since: stale, nothing written, and asked anew (seed ${seed})`, async () => {
  const { engine, owner } = all
  const write = await prepareWrite(all.apiServer, namespace, dice, 'scale')
  const first = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  await patch(write.path, { spec: { replicas: 7 } })

  const run = await owner.decide(engine.api, first, true)
  await run.ended
  const second = await approvalOf(run)
  expect(run.events.map(({ type }) => type)).toEqual([
    ...['ready', 'tool.approved', 'tool.executing', 'tool.stale', 'tool.awaiting_approval'],
    ...['completed', 'workflow_complete'],
  ])
  expect(second.revision).toBe(first.revision + 1)
  expect(second.effect.objects[0]?.changes).toMatchObject([{ path: '/spec/replicas', before: 7 }])
  const written = async () => (await writesIn(all.apiServer, [namespace])).filter((one) => one.callId === first.call_id)
  expect(await written()).toEqual([])

  // The old approval is void: its digests no longer count.
  const old = await owner.json(engine.api, 'POST', `/approvals/${first.call_id}/decision`, {
    approve: true,
    args_digest: first.args_digest,
    effect_digest: first.effect_digest,
  })
  expect(old.status).toBe(409)
  expect(await written()).toEqual([])

  const again = await owner.decide(engine.api, second, true)
  await again.ended
  expect(again.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  expect(await written()).toHaveLength(1)
  expect(await write.isDone()).toBe(true)
}, 60_000)

test('only its status moves, ten times a second and under the very write: the approved write succeeds', async () => {
  const { engine, owner, toCluster } = all
  const write = await prepareWrite(all.apiServer, namespace, dice, 'scale')
  let turns = 0
  const flap = async () => {
    const at = new Date(Date.now() + 1000 * ++turns).toISOString()
    const condition = { type: 'Flapping', status: turns % 2 ? 'True' : 'False', lastTransitionTime: at }
    const { status } = await patch(`${write.path}/status`, { status: { conditions: [condition] } })
    expect(status).toBe(200)
  }
  const over = new AbortController()
  const flapping = (async () => {
    while (!over.signal.aborted) {
      await flap()
      await sleep(100)
    }
  })()
  const approval = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  let overtaken = 0
  toCluster.interfere(async ({ headers }) => {
    const isWrite = headers['user-agent']?.includes(`call/${approval.call_id}`)
    if (isWrite && overtaken++ < 1) await flap()
    return { do: 'pass' }
  })
  const run = await owner.decide(engine.api, approval, true)
  await run.ended
  over.abort()
  await flapping
  expect(overtaken).toBeGreaterThan(1)
  expect(run.events.find(({ type }) => type === 'tool.result')).toMatchObject({ outcome: 'succeeded' })
  expect(run.events.at(-1)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  const writes = await writesIn(all.apiServer, [namespace])
  expect(writes.filter(({ callId }) => callId === approval.call_id)).toHaveLength(1)
  expect(await write.isDone()).toBe(true)
}, 60_000)

test('every write in the cluster has its approval', async () => {
  await expectReconciled(all, all.engine.api, [namespace])
}, 60_000)
