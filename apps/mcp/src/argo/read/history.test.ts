import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoHistory } from './history.ts'

describeTool(argoHistory, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['number', { revision: 0 }, 'revision must be at least 1, got 0.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_history', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('history')
  })

  it('tells the stable version from the canary, and shows the template of one', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    await makePausedRollout(api, namespace, { name: 'canary' })
    const { data } = await tools.run(argoHistory, { name: 'canary' })
    expect(data?.rows).toMatchObject([
      { REVISION: '1', STATE: 'stable', IMAGES: 'web:1' },
      { REVISION: '2', STATE: 'canary', IMAGES: 'web:2' },
    ])
    const one = await tools.run(argoHistory, { name: 'canary', revision: 1 })
    expect(one.output).toContain('image: web:1')
    expect(one.output).not.toContain('rollouts-pod-template-hash')
    expect(await tools.refusal(argoHistory, { name: 'canary', revision: 9 })).toBe(
      `NotFound: revision 9 of rollout.argoproj.io "canary" in namespace ${namespace} not found. Known revisions: 1, 2.`,
    )
    await tools.close()
  })
})
