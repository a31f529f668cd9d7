import assert from 'node:assert/strict'
import type { Change } from '@fairlead/contract/effect/effect'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { withoutGenerated } from '../effect/generated-fields.ts'
import { applyPatch, fittedPatch, reversePatch } from '../effect/json-patch.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import { maskedValue } from '../effect/masked-value.ts'
import type { TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { type ClusterState, clusterState, wantedOf } from './cluster-state.fixture.ts'
import { kubernetes } from './family.ts'
import { rolloutVerdict } from './workloads.fixture.ts'

/** Where a call is tried: a namespace and a node of its own, and a server to call. */
export type Place = { api: ApiServer; namespace: string; node: string; mcp: TestMcp }

export const writeToolNames: readonly string[] = kubernetes.tools
  .filter(({ changes }) => changes !== 'nothing')
  .map(({ name }) => name)

/** What has happened by them cannot be taken back, and they say so. */
export const withoutUndo: readonly string[] = ['k8s_delete', 'k8s_drain', 'k8s_exec', 'k8s_run_pod', 'k8s_port_forward']

const rolledOut: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet']

/** Of what they have done nothing is left to be compared. */
const withoutTrace: readonly string[] = ['k8s_exec', 'k8s_run_pod', 'k8s_port_forward']

/**
 * Proves of one call that its preview writes nothing, that its execution changes exactly what was shown, that this is
 * verified, and that its undo, where the tool has one, brings the state before back. Throws what differs.
 */
export async function proveWhatWasShown(name: string, args: Record<string, unknown>, place: Place): Promise<void> {
  const { mcp } = place
  const before = await stateOf(place)
  const shown = await mcp.preview(name, args)
  const { objects, undo } = shown.effect ?? assert.fail(shown.output)
  assert.deepEqual(await stateOf(place), before, 'the preview has written')

  const { outcome, output } = await execute(place, name, args, shown)
  assert.equal(outcome, 'succeeded', output)
  const after = await stateOf(place)
  const key = Buffer.from(mcp.engine.redactionKey, 'base64')
  const expected = withChanges(masked(before, key), objects)
  assert.deepEqual(withoutMadeUp(masked(after, key), objects), expected, 'something else has changed than was shown')
  const isRollout = objects.some(({ kind, action }) => rolledOut.includes(kind) && action !== 'delete')
  const { verdict: read, seconds } = isRollout ? rolloutVerdict(place.api) : { verdict: 'as_approved', seconds: 30 }
  const { verification } = await mcp.verify(name, args, shown, seconds)
  const verdict = withoutTrace.includes(name) ? 'unreadable' : read
  assert.equal(verification?.verdict, verdict, JSON.stringify(verification))
  if (objects.length === 0) return
  if (withoutUndo.includes(name)) return assert(undo !== undefined && 'impossible' in undo, `${name} has an undo`)

  assert(undo !== undefined && 'args' in undo, `${name} has no undo: ${JSON.stringify(undo)}`)
  const undone = await execute(place, undo.tool, undo.args, await mcp.preview(undo.tool, undo.args))
  assert.equal(undone.outcome, 'succeeded', undone.output)
  assert.deepEqual(await stateOf(place), before, 'the undo has not brought the state before back')
}

/** With a grant of its own. */
function execute({ mcp }: Place, tool: string, args: Record<string, unknown>, preview: ToolAnswer) {
  assert.equal(preview.error, false, preview.output)
  return mcp.call(tool, args, { [metaKeys.grant]: mcp.engine.grant({ tool, args, preview }) })
}

/** Everything in the namespace, and the node; the taints and notes that controllers put on a node are their own. */
async function stateOf({ api, namespace, node }: Place): Promise<ClusterState> {
  const { body } = await api.request('GET', `/api/v1/nodes/${node}`)
  const { spec, metadata, ...rest } = body as KubeObject & { spec: { taints?: { key: string }[] } }
  const taints = spec.taints?.filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  const { 'node.alpha.kubernetes.io/ttl': _, ...annotations } = metadata.annotations ?? {}
  const state = Object.entries(await clusterState(api, namespace)).map(([name, object]) => [name, unbound(object)])
  const known = wantedOf({ ...rest, metadata: { ...metadata, annotations }, spec: { ...spec, taints } })
  return { ...Object.fromEntries(state), [`Node ${node}`]: known }
}

/** A pod without what its binding to a node has put into it. */
function unbound(object: unknown): unknown {
  const { kind, metadata, spec } = object as KubeObject & { spec: { nodeName?: string } }
  if (kind !== 'Pod') return object
  const { nodeName: _, ...wanted } = spec
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('topology.kubernetes.io/'))
  return {
    ...(object as KubeObject),
    metadata: { ...metadata, ...(metadata.labels && { labels: Object.fromEntries(labels) }) },
    spec: wanted,
  }
}

function masked(state: ClusterState, key: Uint8Array): ClusterState {
  return Object.fromEntries(
    Object.entries(state).map(([name, object]) => [name, maskedValue(object, '', key, { strength: 'written' })]),
  )
}

/** What is made is shown without the addresses that the server then finds for it. */
function withoutMadeUp(state: ClusterState, objects: readonly Changed[]): ClusterState {
  const made = objects.filter(isMade)
  const entries = made.map(({ kind, name, changes }) => {
    const key = `${kind} ${name}`
    return [key, withoutGenerated(state[key] as KubeObject, { manifest: changes[0]?.after }).object]
  })
  return { ...state, ...Object.fromEntries(entries) }
}

type Changed = { kind: string; name: string; action: string; changes: readonly Change[] }

/** An object that is shown whole, be it made for its own sake or to be run. */
const isMade = ({ changes }: Changed) => changes[0]?.path === ''
const withoutState = ['exec', 'invoke']

/** The state as the effect says it will be: nothing else of any object may differ from it. */
function withChanges(state: ClusterState, objects: readonly Changed[]): ClusterState {
  const changed = { ...state }
  for (const object of objects) {
    const { kind, name, action, changes } = object
    const key = `${kind} ${name}`
    if (action === 'delete') delete changed[key]
    else if (isMade(object)) changed[key] = changes[0]?.after
    else if (!withoutState.includes(action)) {
      const forwards = reversePatch(changes.map(({ path, before, after }) => ({ path, before: after, after: before })))
      const result = applyPatch(changed[key], fittedPatch(changed[key], forwards))
      changed[key] = wantedOf(result as Record<string, unknown>)
    }
  }
  return changed
}
