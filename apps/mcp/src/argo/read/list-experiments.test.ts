import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout, makeRollout, setImage } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoListExperiments } from './list-experiments.ts'

describeTool(argoListExperiments, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['name', { rollout_name: 'a/b' }, `rollout_name "a/b" is not a name. ${letters}`],
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_list_experiments', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('experiments')
  })

  it('lists those of one Rollout by their owner', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    const experiment = { duration: '1h', templates: [{ name: 'base', specRef: 'stable' }] }
    await makeRollout(api, namespace, { name: 'canary', steps: [{ experiment }, { pause: {} }] })
    await setImage(api, namespace, 'canary', 'web:2')
    const rows = async () => (await tools.run(argoListExperiments, { rollout_name: 'canary' })).data?.rows
    await expect.poll(rows, { timeout: 15_000 }).toMatchObject([
      {
        STATUS: 'Running',
        DURATION: '1h',
        TEMPLATES: 'base 1/1',
        OWNER: 'Rollout/canary',
        REMAINING: expect.stringMatching(/^59m|^60m/),
      },
    ])
    expect((await tools.run(argoListExperiments, { rollout_name: 'none' })).output).toBe(
      "No experiments found for rollout 'none'",
    )
    await tools.close()
  })
})
