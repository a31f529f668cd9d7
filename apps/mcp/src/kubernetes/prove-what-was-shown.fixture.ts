import assert from 'node:assert/strict'
import type { Change } from '@fairlead/contract/effect'
import type { ApiServer } from '@fairlead/testing/api-server'
import type { WriteTool } from '../define-tool.ts'
import { withoutGenerated } from '../effect/generated-fields.ts'
import { applyPatch, fittedPatch, reversePatch } from '../effect/json-patch.ts'
import { maskedValue } from '../effect/masked-value.ts'
import { semanticObject } from '../effect/semantic-object.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import { type ClusterState, clusterState } from './cluster-state.fixture.ts'
import { kubernetes } from './family.ts'
import { redactionKey, type writeTools } from './write-tools.fixture.ts'

/** Where a call is tried: a namespace and a node of its own, and the tools as if all were approved. */
export type Place = { api: ApiServer; namespace: string; node: string; write: ReturnType<typeof writeTools> }

const tools = new Map(
  kubernetes.tools.filter((tool): tool is WriteTool => tool.changes !== 'nothing').map((tool) => [tool.name, tool]),
)

export const writeToolNames: readonly string[] = [...tools.keys()]

/** What has happened by them cannot be taken back, and they say so. */
export const withoutUndo: readonly string[] = ['k8s_delete', 'k8s_drain', 'k8s_exec', 'k8s_run_pod', 'k8s_port_forward']

/**
 * Proves of one call that its preview writes nothing, that its execution changes exactly what was shown, that this is
 * verified, and that its undo, where the tool has one, brings the state before back. Throws what differs.
 */
export async function proveWhatWasShown(name: string, args: Record<string, unknown>, place: Place): Promise<void> {
  const { write } = place
  const tool = toolNamed(name)
  const before = await stateOf(place)
  const shown = await write.preview(tool, args)
  const { objects, undo } = shown.effect
  assert.deepEqual(await stateOf(place), before, 'the preview has written')

  const { outcome, output } = await write.run(tool, args, shown)
  assert.equal(outcome, 'succeeded', output)
  const after = await stateOf(place)
  const expected = withChanges(masked(before), objects)
  assert.deepEqual(withoutMadeUp(masked(after), objects), expected, 'something else has changed than was shown')
  const verification = await write.verify(tool, args, shown, 30)
  assert.equal(verification?.verdict, 'as_approved', JSON.stringify(verification))
  if (objects.length === 0) return
  if (withoutUndo.includes(name)) return assert(undo !== undefined && 'impossible' in undo, `${name} has an undo`)

  assert(undo !== undefined && 'args' in undo, `${name} has no undo: ${JSON.stringify(undo)}`)
  const undone = await write.write(toolNamed(undo.tool), undo.args)
  assert.equal(undone.answer.outcome, 'succeeded', undone.answer.output)
  assert.deepEqual(await stateOf(place), before, 'the undo has not brought the state before back')
}

function toolNamed(name: string): WriteTool {
  const tool = tools.get(name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool
}

/** Everything in the namespace, and the node; the taints that a controller puts on a node are its own. */
async function stateOf({ api, namespace, node }: Place): Promise<ClusterState> {
  const { body } = await api.request('GET', `/api/v1/nodes/${node}`)
  const { spec, ...rest } = body as { spec: { taints?: { key: string }[] } }
  const taints = spec.taints?.filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  const state = await clusterState(api, namespace)
  return { ...state, [`Node ${node}`]: semanticObject({ ...rest, spec: { ...spec, taints } }) }
}

function masked(state: ClusterState): ClusterState {
  return Object.fromEntries(
    Object.entries(state).map(([name, object]) => [name, maskedValue(object, '', redactionKey)]),
  )
}

/** What is made is shown without the addresses that the server then finds for it. */
function withoutMadeUp(state: ClusterState, objects: readonly Changed[]): ClusterState {
  const made = objects.filter(({ action }) => action === 'create')
  const entries = made.map(({ kind, name, changes }) => {
    const key = `${kind} ${name}`
    return [key, withoutGenerated(state[key] as KubeObject, { manifest: changes[0]?.after }).object]
  })
  return { ...state, ...Object.fromEntries(entries) }
}

type Changed = { kind: string; name: string; action: string; changes: readonly Change[] }

/** The state as the effect says it will be: nothing else of any object may differ from it. */
function withChanges(state: ClusterState, objects: readonly Changed[]): ClusterState {
  const changed = { ...state }
  for (const { kind, name, action, changes } of objects) {
    const key = `${kind} ${name}`
    if (action === 'delete') delete changed[key]
    else if (action === 'create') changed[key] = changes[0]?.after
    else {
      const forwards = reversePatch(changes.map(({ path, before, after }) => ({ path, before: after, after: before })))
      const result = applyPatch(changed[key], fittedPatch(changed[key], forwards))
      changed[key] = semanticObject(result as Record<string, unknown>)
    }
  }
  return changed
}
