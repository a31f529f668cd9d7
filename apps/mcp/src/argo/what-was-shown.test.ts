import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type ClusterState, clusterState } from '../fixtures/tools/cluster-state.fixture.ts'
import { withChanges } from '../fixtures/tools/prove-what-was-shown.fixture.ts'
import { makeRollout, patchStatus, rolloutPath, untilRollout } from '../fixtures/tools/rollouts.fixture.ts'
import { argo } from './family.ts'
import { phaseOf } from './shared/phase.ts'

const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))
const numRuns = process.env.FAIRLEAD_FULL === '1' ? 15 : 2

let api: ApiServer
let mcp: TestMcp
let namespace: string
beforeAll(async () => {
  api = await sharedApiServer()
  requireRollouts(api)
  namespace = await api.newNamespace('argo-shown')
  mcp = await startTestMcp(api.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace, MCP_TOOLSETS: 'all' } })
})
afterAll(() => mcp?.close())

type Made = { steps: object[]; images: string[]; replicas: number }
const step = fc.oneof(
  fc.integer({ min: 1, max: 99 }).map((setWeight) => ({ setWeight })),
  fc.constant({ pause: {} }),
)
const made: fc.Arbitrary<Made> = fc.record({
  steps: fc
    .array(step, { minLength: 1, maxLength: 5 })
    .map((steps) => [...steps, { pause: {} }, { setWeight: 100 }, { pause: {} }]),
  images: fc.uniqueArray(fc.constantFrom('web:1', 'web:2', 'shop/api:7', 'registry.example.com:5000/x:1'), {
    minLength: 3,
    maxLength: 3,
  }),
  replicas: fc.integer({ min: 1, max: 3 }),
})

let count = 0
const freshName = () => `shown-${++count}`

/** On its way from the first image to the second, and paused there. */
async function paused({ steps, images, replicas }: Made): Promise<string> {
  const name = freshName()
  await makeRollout(api, namespace, { name, steps, replicas, image: images[0] })
  const template = { spec: { containers: [{ name: 'app', image: images[1] }] } }
  await api.request('PATCH', rolloutPath(namespace, name), { spec: { template } }, 'application/merge-patch+json')
  await untilRollout(api, namespace, name, (rollout) => phaseOf(rollout).phase === 'Paused')
  return name
}

async function healthy({ steps, images, replicas }: Made): Promise<string> {
  const name = freshName()
  await makeRollout(api, namespace, { name, steps, replicas, image: images[0] })
  return name
}

async function aborted(of: Made): Promise<string> {
  const name = await paused(of)
  await patchStatus(api, namespace, name, { abort: true })
  await untilRollout(api, namespace, name, (rollout) => phaseOf(rollout).phase === 'Degraded')
  return name
}

async function pausedByHand(of: Made): Promise<string> {
  const name = await healthy(of)
  await api.request('PATCH', rolloutPath(namespace, name), { spec: { paused: true } }, 'application/merge-patch+json')
  await untilRollout(api, namespace, name, (rollout) => phaseOf(rollout).phase === 'Paused')
  return name
}

type Rollout = Awaited<ReturnType<typeof untilRollout>>

/**
 * A random Rollout, and a call about it. What is wanted of it is compared whole, and comes back by the undo where the tool
 * can bring it back. What its controller makes of a state that is written is told by `does` and, after the undo, by `undone`.
 */
type Case = {
  tool: string
  prepare(of: Made): Promise<string>
  args?(of: Made): Args
  isTakenBack: boolean
  does?(now: Rollout, before: Rollout): boolean
  undone?(now: Rollout): boolean
}

const stepOf = ({ status }: Rollout) => status.currentStepIndex ?? 0
const isAborted = (rollout: Rollout) => rollout.status.abort === true && phaseOf(rollout).phase === 'Degraded'
const goesOn = (rollout: Rollout) => rollout.status.abort !== true && phaseOf(rollout).phase !== 'Degraded'
const isFurther = (now: Rollout, before: Rollout) => stepOf(now) > stepOf(before)
const cases: readonly Case[] = [
  { tool: 'argo_pause_rollout', prepare: healthy, isTakenBack: true },
  { tool: 'argo_resume_rollout', prepare: pausedByHand, isTakenBack: true },
  {
    tool: 'argo_set_image',
    prepare: healthy,
    args: ({ images }) => ({ image: `app=${images[2]}` }),
    isTakenBack: true,
  },
  { tool: 'argo_undo', prepare: paused, isTakenBack: true },
  { tool: 'argo_abort_rollout', prepare: paused, isTakenBack: true, does: isAborted, undone: goesOn },
  { tool: 'argo_retry_rollout', prepare: aborted, isTakenBack: true, does: goesOn, undone: isAborted },
  // The traffic goes back to the stable version, and the template stays.
  { tool: 'argo_promote', prepare: paused, isTakenBack: true, does: isFurther, undone: isAborted },
  { tool: 'argo_skip_step', prepare: paused, isTakenBack: true, does: isFurther, undone: isAborted },
  { tool: 'argo_rollout_restart', prepare: healthy, isTakenBack: false },
]

/** All that is wanted of all objects; of a Rollout its status is its controller's. */
const stateOf = async (): Promise<ClusterState> => {
  const state = Object.entries(await clusterState(api, namespace))
  return Object.fromEntries(state.map(([name, object]) => [name, comparable(object as Wanted)]))
}

type Wanted = { metadata: { annotations?: Record<string, string> }; spec?: { paused?: boolean } }

const REVISION = 'rollout.argoproj.io/revision'

/** Not paused is the default of a Rollout, said or not; its controller counts revisions. */
function comparable({ metadata, spec, ...rest }: Wanted): object {
  const { [REVISION]: _, ...annotations } = metadata.annotations ?? {}
  const { paused, ...wanted } = spec ?? {}
  return { ...rest, metadata: { ...metadata, annotations }, spec: { ...wanted, ...(paused === true && { paused }) } }
}

async function execute(tool: string, args: Args): Promise<void> {
  const preview = await mcp.preview(tool, args)
  assert.equal(preview.error, false, preview.output)
  const { outcome, output } = await mcp.call(tool, args, {
    [metaKeys.grant]: mcp.engine.grant({ tool, args, preview }),
  })
  assert.equal(outcome, 'succeeded', output)
}

describe(`what was shown (FAIRLEAD_SEED=${seed})`, () => {
  it('every write of a Rollout is proved here', () => {
    const writes = argo.tools.filter(({ changes }) => changes !== 'nothing').map(({ name }) => name)
    const elsewhere = ['argo_terminate_analysis', 'argo_cd_sync_app']
    assert.deepEqual([...cases.map(({ tool }) => tool), ...elsewhere].toSorted(), writes.toSorted())
  })

  it.each(cases)(
    '$tool does exactly what was shown, is verified, and is taken back by its undo where it has one',
    async ({ tool, prepare, args: argsOf, isTakenBack, does, undone }) => {
      await fc.assert(
        fc.asyncProperty(made, async (of) => {
          const name = await prepare(of)
          const args = { name, ...argsOf?.(of) }
          const [before, begun] = [await stateOf(), await untilRollout(api, namespace, name, () => true)]
          const shown = await mcp.preview(tool, args)
          const { objects = [], undo } = shown.effect ?? {}
          assert.deepEqual(await stateOf(), before, 'the preview has written')
          assert.equal(objects.length, 1, shown.output)
          const result = await mcp.call(tool, args, {
            [metaKeys.grant]: mcp.engine.grant({ tool, args, preview: shown }),
          })
          assert.equal(result.outcome, 'succeeded', result.output)
          if (does !== undefined) await untilRollout(api, namespace, name, (now) => does(now, begun))
          // The status is not compared: its controller goes on from what is written there.
          const ofSpec = objects.map((object) => ({
            ...object,
            changes: object.changes.filter(({ path }) => !path.startsWith('/status/')),
          }))
          const expected = Object.entries(withChanges(before, ofSpec))
          const wanted = expected.map(([key, object]) => [key, comparable(object as Wanted)])
          assert.deepEqual(await stateOf(), Object.fromEntries(wanted), 'something else has changed than was shown')
          const { verification } = await mcp.verify(tool, args, shown, 20)
          const isOnItsWay = tool === 'argo_set_image' || tool === 'argo_undo'
          const verdicts = isOnItsWay ? ['as_approved', 'not_yet'] : ['as_approved']
          assert(verdicts.includes(verification?.verdict ?? ''), `${tool}: ${JSON.stringify(verification)}`)
          if (!isTakenBack) return assert(undo !== undefined && 'impossible' in undo)
          assert(undo !== undefined && 'args' in undo)
          await execute(undo.tool, undo.args)
          if (undone !== undefined) await untilRollout(api, namespace, name, undone)
          assert.deepEqual(await stateOf(), before, 'the undo has not brought the state before back')
        }),
        { numRuns, seed, endOnFailure: true },
      )
    },
    numRuns * 90_000,
  )
})
