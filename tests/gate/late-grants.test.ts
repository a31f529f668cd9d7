import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { afterEach, expect, test } from 'vitest'
import { effectsIn, lastOf, writesTo } from './call-record.fixture.ts'
import { approvalOf } from './caller.fixture.ts'
import { createDice, seed } from './dice.fixture.ts'
import { holdTable } from './hold-table.fixture.ts'
import {
  type EngineProcess,
  type Installation,
  type InstallationOptions,
  startInstallation,
} from './installation.fixture.ts'
import { prepareWrite } from './random-write.fixture.ts'
import { expectReconciled } from './reconciled.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

let all: (Installation & { engine: EngineProcess }) | undefined
afterEach(async () => {
  await all?.close()
  all = undefined
}, 60_000)

/** A write about which its owner is asked. */
async function propose(options: InstallationOptions) {
  const installation = await startInstallation(options)
  all = installation
  const { apiServer, owner, engine, sql, toWorker } = installation
  const namespace = await apiServer.newNamespace('gate')
  const write = await prepareWrite(apiServer, namespace, createDice(seed))
  const approval = await approvalOf(await owner.ask(engine.api, messageFor({ calls: [write.call] })))
  const callId = approval.call_id
  const grants = () => toWorker.requests.filter(({ body }) => body.includes(metaKeys.grant) && body.includes(callId))
  const record = async () => {
    const { rows: attempts } = await sql.query('select id, outcome from attempts where call_id = $1', [callId])
    const { rows: issued } = await sql.query(
      `select data from audit_events where call_id = $1 and type = 'grant.issued' order by at, id`,
      [callId],
    )
    return {
      attempts,
      issued: issued.map(({ data }) => data as { attempt: string; grant: { jti: string; iat: number } }),
    }
  }
  const effects = async () => effectsIn(await writesTo(apiServer, { namespace, write, callId }), write)
  return { installation, namespace, write, approval, grants, record, effects }
}

test('an engine that stood still until its grant was over does not send it: a new one goes, in the same attempt', async () => {
  const { installation, namespace, write, approval, grants, record, effects } = await propose({
    leaseSeconds: 1.5,
    grantSeconds: 2,
  })
  const { owner, engine, sql } = installation
  const held = await holdTable(sql, 'attempts')
  const decided = owner.decide(engine.api, approval, true)
  await held.waiting()
  engine.pause()
  await sleep(3_500)
  const resumed = Date.now()
  engine.resume()
  await held.release()
  const run = await decided
  await run.ended
  expect(lastOf(run.events)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  expect(await write.isDone()).toBe(true)
  expect(await effects()).toBe(1)
  const { attempts, issued } = await record()
  expect(attempts).toMatchObject([{ outcome: 'succeeded' }])
  expect(issued.map(({ attempt }) => attempt)).toEqual([attempts[0].id, attempts[0].id])
  // The one that left is the new one.
  expect(grants()).toHaveLength(1)
  expect(issued[1]?.grant.iat).toBeGreaterThanOrEqual(Math.floor(resumed / 1000))
  await expectReconciled(installation, engine.api, [namespace])
}, 120_000)

const isWaiting = (event: { type: string; stream?: string; text?: string }) =>
  event.type === 'tool.progress' &&
  event.stream === 'status' &&
  /^The tool server has begun to remember/.test(event.text ?? '')

test('a tool server on another machine whose store is new: the engine waits for the allowed skew, and its write is done once', async () => {
  const { installation, namespace, write, approval, grants, record, effects } = await propose({ isRemote: true })
  const { owner, engine } = installation
  const run = await owner.decide(engine.api, approval, true)
  // On a busy machine another word may come before: that the call is being worked on.
  await run.until(isWaiting)
  expect(await effects()).toBe(0)
  await run.ended
  expect(lastOf(run.events)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  expect(await write.isDone()).toBe(true)
  expect(await effects()).toBe(1)
  const { attempts, issued } = await record()
  expect(attempts).toMatchObject([{ outcome: 'succeeded' }])
  expect(issued).toHaveLength(2)
  expect(new Set(issued.map(({ attempt }) => attempt))).toEqual(new Set([attempts[0].id]))
  expect(grants()).toHaveLength(2)
  await expectReconciled(installation, engine.api, [namespace])
}, 120_000)
