import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { analysisRunPath, makeAnalysisRun } from '../../fixtures/tools/analysis-runs.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { analysisRunOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { argoTerminateAnalysis } from './terminate-analysis.ts'

describeTool(argoTerminateAnalysis, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'measuring', namespace }),
  names: analysisRunOf,
  needs: 'rollouts',
  kinds: ['AnalysisRun'],
  prepare: async (api, namespace) => {
    await makeAnalysisRun(api, namespace, { name: 'measuring' })
    await untilPhase(api, namespace, 'measuring', 'Running')
  },
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

function untilPhase(api: ApiServer, namespace: string, name: string, phase: string): Promise<void> {
  const isThere = async () => {
    const { body } = await api.request('GET', analysisRunPath(namespace, name))
    expect(body).toMatchObject({ status: { phase } })
  }
  return vi.waitFor(isThere, { timeout: 10_000 })
}

describe('argo_terminate_analysis', () => {
  let api: ApiServer
  let namespace: string
  let tools: ReturnType<typeof writeTools>
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('terminate')
    tools = writeTools({ kubeconfig: api.kubeconfig, namespace })
  })
  afterAll(() => tools?.close())

  it('ends one that runs, as its controller ends it, and nothing of one that has ended', async () => {
    await makeAnalysisRun(api, namespace, { name: 'run' })
    await untilPhase(api, namespace, 'run', 'Running')
    const approved = await tools.preview(argoTerminateAnalysis, { name: 'run' })
    const { effect } = approved
    expect(effect.summary).toBe(`Terminate AnalysisRun ${namespace}/run (Running) of <none>`)
    expect(effect.objects[0]?.changes).toEqual([{ path: '/spec/terminate', after: true }])
    expect(await tools.run(argoTerminateAnalysis, { name: 'run' }, approved)).toMatchObject({ outcome: 'succeeded' })
    await untilPhase(api, namespace, 'run', 'Successful')
    expect((await tools.preview(argoTerminateAnalysis, { name: 'run' })).effect).toMatchObject({
      summary: `AnalysisRun ${namespace}/run has ended already: Successful`,
      objects: [],
    })
  })
})
