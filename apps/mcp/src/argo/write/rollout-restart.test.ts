import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makeRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoRolloutRestart } from './rollout-restart.ts'

describeTool(argoRolloutRestart, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: (api, namespace) => makeRollout(api, namespace, { name: 'stepped', replicas: 2 }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_rollout_restart', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('restart')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('replaces the pods, and is verified once they are', async () => {
    await makeRollout(api, namespace, { name: 'worn' })
    // Pods of this very second would not be older than the restart.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const before = await podsOf('worn')
    const restarted = await tools.write(argoRolloutRestart, { name: 'worn' })
    expect(restarted.effect).toMatchObject({
      summary: `Restart the pods of Rollout ${namespace}/worn`,
      risk: 'medium',
      reasons: expect.arrayContaining([`Rollout ${namespace}/worn has one replica: nothing stands in for it`]),
      undo: { impossible: expect.any(String) },
    })
    expect(restarted.answer.outcome).toBe('succeeded')
    expect((await tools.verify(argoRolloutRestart, { name: 'worn' }, restarted, 60))?.verdict).toBe('as_approved')
    expect(await podsOf('worn')).not.toEqual(before)
  })

  const podsOf = async (app: string) => {
    const { body } = await api.request('GET', `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`)
    return (body as { items: { metadata: { uid: string } }[] }).items.map(({ metadata }) => metadata.uid)
  }
})
