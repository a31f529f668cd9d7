import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { rolloutAndItsStatus } from '../../fixtures/tools/named-objects.fixture.ts'
import { makePausedRollout, makeRollout, patchStatus, untilRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoRetryRollout } from './retry-rollout.ts'

describeTool(argoRetryRollout, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  names: rolloutAndItsStatus,
  needs: 'rollouts',
  kinds: ['Rollout'],
  prepare: async (api, namespace) => {
    await makePausedRollout(api, namespace, { name: 'stepped' })
    await patchStatus(api, namespace, 'stepped', { abort: true })
    await untilRollout(api, namespace, 'stepped', ({ status }) => status.phase === 'Degraded')
  },
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_retry_rollout', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('retry')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('says where the update starts again, and writes nothing to one that is not aborted', async () => {
    await makePausedRollout(api, namespace, { name: 'aborted' })
    await patchStatus(api, namespace, 'aborted', { abort: true })
    await untilRollout(api, namespace, 'aborted', ({ status }) => status.phase === 'Degraded')
    const { effect } = await tools.preview(argoRetryRollout, { name: 'aborted' })
    expect(effect.summary).toBe(
      `Retry Rollout ${namespace}/aborted with the version that was aborted: step 1/4: set weight 20 %, then pause until it is promoted`,
    )
    expect(effect.objects[0]?.changes.map(({ path, after }) => [path, after])).toEqual([['/status/abort', false]])
    await makeRollout(api, namespace, { name: 'fine' })
    expect((await tools.preview(argoRetryRollout, { name: 'fine' })).effect.summary).toBe(
      `Rollout ${namespace}/fine is not aborted: nothing to retry`,
    )
  })
})
