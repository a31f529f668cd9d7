import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireControllers } from '@fairlead/testing/cluster/require-controllers'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, untilObserved } from '../../fixtures/tools/workloads.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sPatch } from './patch.ts'
import { k8sRolloutUndo } from './rollout-undo.ts'

describeTool(k8sRolloutUndo, {
  minimal: { resource_type: 'deployment', name: 'web' },
  good: ({ namespace }) => ({ name: 'web', resource_type: 'deployment', namespace }),
  names: typedBy('name'),
  needs: 'controllers',
  bad: [
    ['number', { to_revision: -1 }, 'to_revision must be at least 0, got -1.'],
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['choice', { resource_type: 'job' }, 'resource_type "job" is not one of daemonset, deployment, statefulset.'],
  ],
})

let api: ApiServer
let namespace: string
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  requireControllers(api)
  namespace = await api.newNamespace('undo')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
})
afterAll(() => tools?.close())

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet'

/** A workload that has had each of these images, the last one now. */
async function withHistory(kind: Kind, name: string, ...images: string[]): Promise<void> {
  const [first = '', ...later] = images
  await makeWorkload(api, namespace, { kind, name, containers: [{ name: 'app', image: first }] })
  await untilObserved(api, namespace, kind, name)
  for (const image of later) {
    const patch = JSON.stringify({ spec: { template: { spec: { containers: [{ name: 'app', image }] } } } })
    await tools.write(k8sPatch, { name, namespace, resource_type: kind, patch })
    await untilObserved(api, namespace, kind, name)
  }
}
const imageOf = async (kind: Kind, name: string) =>
  (await untilObserved(api, namespace, kind, name)).spec.template.spec.containers[0]?.image

describe('k8s_rollout_undo', () => {
  it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
    'takes a %s to the revision before, or a named one; its undo takes it back',
    async (kind) => {
      const name = kind.toLowerCase()
      await withHistory(kind, name, 'a:1', 'a:2', 'a:3')
      const before = await clusterState(api, namespace)
      const args = { name, resource_type: name, namespace }
      const approved = await tools.preview(k8sRolloutUndo, args)
      expect(approved.effect).toMatchObject({
        summary: `Roll ${kind} ${namespace}/${name} back from revision 3 to 2`,
        risk: 'medium',
        basis: 'server',
        pins: { from_revision: 3, to_revision: 2 },
        undo: { tool: 'k8s_rollout_undo', args: { ...args, to_revision: 3 } },
        objects: [{ kind, changes: [{ path: '/spec/template/spec/containers/0/image', before: 'a:3', after: 'a:2' }] }],
      })
      const answer = await tools.run(k8sRolloutUndo, args, approved)
      expect(answer).toMatchObject({
        outcome: 'succeeded',
        output: `${name}.apps/${name} rolled back, revision 3 -> 2`,
      })
      expect(await tools.verify(k8sRolloutUndo, args, approved, 20)).toMatchObject({ verdict: 'as_approved' })
      expect(await imageOf(kind, name)).toBe('a:2')
      const { undo } = approved.effect
      const undone = undo && 'args' in undo ? await tools.write(k8sRolloutUndo, undo.args) : undefined
      expect(undone?.answer.outcome).toBe('succeeded')
      expect(await imageOf(kind, name)).toBe('a:3')
      expect(await clusterState(api, namespace)).toEqual(before)

      const first = await tools.write(k8sRolloutUndo, { ...args, to_revision: 1 })
      expect(first.answer.outcome).toBe('succeeded')
      expect(await imageOf(kind, name)).toBe('a:1')
      // Its controller has numbered it anew; what was pinned still says which one it was.
      expect(await tools.verify(k8sRolloutUndo, { ...args, to_revision: 1 }, first, 20)).toMatchObject({
        verdict: 'as_approved',
      })
    },
    60_000,
  )

  it('takes the annotations of the revision, but for those that are the Deployment’s own', async () => {
    const name = 'annotated'
    const metadata = { annotations: { 'kubernetes.io/change-cause': 'first', team: 'shop' } }
    await makeWorkload(api, namespace, { name, metadata, containers: [{ name: 'app', image: 'a:1' }] })
    await untilObserved(api, namespace, 'Deployment', name)
    const patch = {
      metadata: { annotations: { 'kubernetes.io/change-cause': 'second', team: null } },
      spec: { template: { spec: { containers: [{ name: 'app', image: 'a:2' }] } } },
    }
    const args = { name, resource_type: 'deployment', namespace }
    await tools.write(k8sPatch, { ...args, patch: JSON.stringify(patch) })
    await untilObserved(api, namespace, 'Deployment', name)
    const { effect, answer } = await tools.write(k8sRolloutUndo, args)
    expect(answer.outcome).toBe('succeeded')
    expect(effect.objects[0]?.changes.slice(0, 2)).toEqual([
      { path: '/metadata/annotations/kubernetes.io~1change-cause', before: 'second', after: 'first' },
      { path: '/metadata/annotations/team', after: 'shop' },
    ])
    const { metadata: now } = await untilObserved(api, namespace, 'Deployment', name)
    expect(now.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3', team: 'shop' })
  })

  it('writes nothing when the template matches already', async () => {
    await withHistory('Deployment', 'same', 'a:1', 'a:2')
    const args = { name: 'same', resource_type: 'deployment', namespace, to_revision: 2 }
    const { effect, answer } = await tools.write(k8sRolloutUndo, args)
    expect(effect.objects).toEqual([])
    expect(answer).toMatchObject({
      outcome: 'succeeded',
      output: 'deployment.apps/same skipped (template already matches)',
    })
  })

  it('is stale once another revision has come', async () => {
    await withHistory('Deployment', 'moved', 'a:1', 'a:2')
    const args = { name: 'moved', resource_type: 'deployment', namespace }
    const approved = await tools.preview(k8sRolloutUndo, args)
    const image = { spec: { template: { spec: { containers: [{ name: 'app', image: 'a:3' }] } } } }
    await tools.write(k8sPatch, { ...args, patch: JSON.stringify(image) })
    await untilObserved(api, namespace, 'Deployment', 'moved')
    expect(await tools.run(k8sRolloutUndo, args, approved)).toMatchObject({ outcome: 'stale' })
    expect(await imageOf('Deployment', 'moved')).toBe('a:3')
  })

  it('refuses what there is no way back to', async () => {
    await withHistory('Deployment', 'only', 'a:1')
    const args = { name: 'only', resource_type: 'deployment', namespace }
    const named = `deployment.apps "only" in namespace ${namespace}`
    expect(await tools.refusal(k8sRolloutUndo, args)).toBe(`NotFound: ${named} has no previous revision.`)
    expect(await tools.refusal(k8sRolloutUndo, { ...args, to_revision: 7 })).toBe(
      `NotFound: revision 7 of ${named} not found. Known revisions: 1.`,
    )
    await withHistory('Deployment', 'paused', 'a:1', 'a:2')
    const patch = JSON.stringify({ spec: { paused: true } })
    await tools.write(k8sPatch, { ...args, name: 'paused', patch })
    expect(await tools.refusal(k8sRolloutUndo, { ...args, name: 'paused' })).toMatch(/^Refused: .* is paused/)
  })
})
