import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout, makeRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoListRollouts } from './list-rollouts.ts'

describeTool(argoListRollouts, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['all namespaces', { all_namespaces: 'some' }, 'all_namespaces must be true or false, got "some".'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_list_rollouts', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('rollouts')
  })

  it('shows phase, step and weight of each, in one namespace or in all', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    expect(await tools.run(argoListRollouts, {})).toMatchObject({
      output: `No Rollouts found in ${namespace} namespace.`,
    })
    await makePausedRollout(api, namespace, { name: 'canary', replicas: 5 })
    await makeRollout(api, namespace, { name: 'plain' })
    const { output, data } = await tools.run(argoListRollouts, {})
    expect(output.split('\n')[0]).toMatch(
      /^NAME +STRATEGY +STATUS +STEP +SET-WEIGHT +READY +DESIRED +UP-TO-DATE +AVAILABLE +AGE$/,
    )
    expect(data?.rows).toMatchObject([
      {
        NAME: 'canary',
        STRATEGY: 'Canary',
        STATUS: 'Paused',
        STEP: '1/4',
        'SET-WEIGHT': '20',
        READY: '5/5',
        DESIRED: '5',
        'UP-TO-DATE': '1',
      },
      { NAME: 'plain', STRATEGY: 'Canary', STATUS: 'Healthy', STEP: '-', 'SET-WEIGHT': '100' },
    ])
    // The wire's default of namespace is a name, so all_namespaces wins over any.
    const all = await tools.run(argoListRollouts, { namespace, all_namespaces: true })
    expect(all.output).toMatch(/^NAMESPACE +NAME/)
    expect(all.output).toContain(namespace)
    await tools.close()
  })
})
