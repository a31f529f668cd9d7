import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeAnalysisRun } from '../../fixtures/tools/analysis-runs.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { analysisRunOf } from '../../fixtures/tools/named-objects.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { letters, noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { argoGetAnalysisrun } from './get-analysisrun.ts'

const failed = {
  phase: 'Failed',
  message: 'Metric "errors" assessed Failed due to failed (1) > failureLimit (0)',
  metricResults: [
    {
      name: 'errors',
      phase: 'Failed',
      failed: 1,
      successful: 1,
      metadata: { ResolvedPrometheusQuery: 'rate(errors[5m])' },
      measurements: [
        { phase: 'Successful', value: '0.01', finishedAt: '2026-01-01T00:00:00Z' },
        { phase: 'Failed', value: '0.31', finishedAt: '2026-01-01T00:01:00Z', message: 'above 0.1' },
      ],
    },
  ],
}

describeTool(argoGetAnalysisrun, {
  minimal: { name: 'web' },
  good: ({ namespace }) => ({ name: 'measured', namespace }),
  names: analysisRunOf,
  needs: 'rollouts',
  prepare: (api, namespace) => makeAnalysisRun(api, namespace, { name: 'measured', status: failed }),
  bad: [
    ['name', { name: 'a/b' }, `name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_get_analysisrun', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('analysis')
  })

  it('shows every measurement, and the query as it was sent', async () => {
    await makeAnalysisRun(api, namespace, { name: 'run-1', status: failed })
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    const { output, data } = await tools.run(argoGetAnalysisrun, { name: 'run-1' })
    expect(data).toMatchObject({ phase: 'Failed' })
    expect(output).toContain('failed (1) > failureLimit (0)')
    expect(output).toContain('errors Failed 1/1/0/0')
    expect(output).toMatch(/ResolvedPrometheusQuery: +rate\(errors\[5m\]\)/)
    expect(output).toMatch(/2026-01-01T00:00:00Z +Successful +0\.01/)
    expect(output).toMatch(/2026-01-01T00:01:00Z +Failed +0\.31 +above 0\.1/)
  })
})
