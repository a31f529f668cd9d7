import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoDescribe } from './describe.ts'

describeTool(argoDescribe, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'stepped', namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_describe', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('describe')
  })

  it('marks the step that is under way, and lists versions, pods and events', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    await makePausedRollout(api, namespace, { name: 'canary', replicas: 5 })
    const { output } = await tools.run(argoDescribe, { name: 'canary' })
    expect(output).toMatch(/-> +2 +pause until it is promoted/)
    expect(output).toMatch(/2 +canary-\w+ +canary +1\/1/)
    expect(output).toMatch(/1 +canary-\w+ +stable +4\/4/)
    for (const title of ['Conditions:', 'Pods:', 'Events', 'Pauses:']) expect(output).toContain(title)
    await tools.close()
  })
})
