import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterState } from '../../fixtures/tools/cluster-state.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { makeWorkload, rolloutVerdict, untilObserved } from '../../fixtures/tools/workloads.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { k8sPatch } from './patch.ts'
import { k8sRolloutRestart } from './rollout-restart.ts'

describeTool(k8sRolloutRestart, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'web', resource_type: 'deployment', namespace }),
  names: typedBy('name'),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['choice', { resource_type: 'pod' }, 'resource_type "pod" is not one of daemonset, deployment, statefulset.'],
  ],
})

let api: ApiServer
let namespace: string
let tools: ReturnType<typeof writeTools>
beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('restart')
  tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
})
afterAll(() => tools?.close())

const path = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt'
const annotationOf = (workload: Awaited<ReturnType<typeof untilObserved>>) =>
  workload.spec.template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt']

describe('k8s_rollout_restart', () => {
  it.each(['Deployment', 'StatefulSet', 'DaemonSet'] as const)(
    'writes the pinned time into the template of a %s; its undo brings the template before back',
    async (kind) => {
      const name = kind.toLowerCase()
      await makeWorkload(api, namespace, { kind, name })
      await untilObserved(api, namespace, kind, name)
      const before = await clusterState(api, namespace)
      const args = { name, namespace, resource_type: name }
      const approved = await tools.preview(k8sRolloutRestart, args)
      const { effect } = approved
      const { restartedAt } = effect.pins
      expect(Date.parse(String(restartedAt))).toBeGreaterThan(Date.now() - 60_000)
      expect(effect).toMatchObject({
        summary: `Restart the pods of ${kind} ${namespace}/${name}`,
        risk: 'medium',
        basis: 'server',
        objects: [{ kind, name, action: 'restart', uid: expect.any(String) }],
        undo: { tool: 'k8s_patch' },
      })
      expect(JSON.stringify(effect.objects[0]?.changes)).toContain(String(restartedAt))
      const answer = await tools.run(k8sRolloutRestart, args, approved)
      expect(answer).toMatchObject({ outcome: 'succeeded', output: `${name}.apps/${name} restarted` })
      const { verdict, seconds } = rolloutVerdict(api)
      expect(await tools.verify(k8sRolloutRestart, args, approved, seconds)).toMatchObject({
        verdict,
        objects: [{ at: 'after' }],
      })
      expect(annotationOf(await untilObserved(api, namespace, kind, name))).toBe(restartedAt)
      const again = await tools.preview(k8sRolloutRestart, args)
      expect(again.effect.objects[0]?.changes).toEqual([
        { path, before: restartedAt, after: again.effect.pins.restartedAt },
      ])
      const { undo } = effect
      expect(undo && 'args' in undo && (await tools.write(k8sPatch, undo.args)).answer.outcome).toBe('succeeded')
      await untilObserved(api, namespace, kind, name)
      expect(await clusterState(api, namespace)).toEqual(before)
    },
  )

  it('gives the same digest for the same pin, and is stale for a template that holds another time', async () => {
    await makeWorkload(api, namespace, { name: 'twice' })
    const args = { name: 'twice', namespace }
    const first = await tools.preview(k8sRolloutRestart, args)
    const second = await tools.preview(k8sRolloutRestart, args)
    expect(second.effect_digest).not.toBe(first.effect_digest)
    expect(await tools.run(k8sRolloutRestart, args, first)).toMatchObject({ outcome: 'succeeded' })
    expect(await tools.run(k8sRolloutRestart, args, second)).toMatchObject({ outcome: 'stale', code: 'Stale' })
  })

  it('says of a single replica that nothing stands in for it, and refuses a paused Deployment', async () => {
    await makeWorkload(api, namespace, { name: 'single', spec: { replicas: 1, paused: true } })
    const args = { name: 'single', namespace }
    expect(await tools.refusal(k8sRolloutRestart, args)).toBe(
      `Refused: deployment.apps "single" in namespace ${namespace} is paused: it would not restart.`,
    )
    const patch = { spec: { paused: null } }
    await tools.write(k8sPatch, { ...args, resource_type: 'deployment', patch: JSON.stringify(patch) })
    const { effect } = await tools.preview(k8sRolloutRestart, args)
    expect(effect.reasons).toContain(`Deployment ${namespace}/single has one replica: nothing stands in for it`)
  })

  it('is not verified while it is not done, nor when it was never executed', async () => {
    await makeWorkload(api, namespace, { name: 'never' })
    const args = { name: 'never', namespace }
    const approved = await tools.preview(k8sRolloutRestart, args)
    expect(await tools.verify(k8sRolloutRestart, args, approved)).toMatchObject({
      verdict: 'differs',
      objects: [{ at: 'before' }],
    })
  })
})
