import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { makePausedRollout } from '../../fixtures/tools/rollouts.fixture.ts'
import { noNamespace } from '../../fixtures/tools/sentences.fixture.ts'
import { plantedTexts } from '../../fixtures/tools/world.fixture.ts'
import { argoListAnalysisruns } from './list-analysisruns.ts'

describeTool(argoListAnalysisruns, {
  minimal: {},
  good: ({ namespace }) => ({ namespace }),
  needs: 'rollouts',
  prepare: (api, namespace) => makePausedRollout(api, namespace, { name: 'stepped', annotations: plantedTexts }),
  bad: [
    ['all namespaces', { namespace: 'a', all_namespaces: true }, 'namespace and all_namespaces exclude each other.'],
    ['namespace', { namespace: 'A_b' }, noNamespace],
  ],
})

describe('argo_list_analysisruns', () => {
  let api: ApiServer
  let namespace: string
  beforeAll(async () => {
    api = await sharedApiServer()
    requireRollouts(api)
    namespace = await api.newNamespace('analysis')
  })

  it('shows phases and counts, and below them the values at which metrics failed', async () => {
    const tools = readTools({ kubeconfig: api.kubeconfig, namespace })
    expect((await tools.run(argoListAnalysisruns, {})).output).toBe(`No AnalysisRuns found in ${namespace} namespace.`)
    const { status } = await api.request('POST', `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'run-1', labels: { 'rollout-type': 'Step', 'step-index': '1' } },
      spec: {
        metrics: [
          {
            name: 'errors',
            provider: {
              job: {
                spec: { template: { spec: { containers: [{ name: 'a', image: 'a:1' }], restartPolicy: 'Never' } } },
              },
            },
          },
        ],
      },
      status: {
        phase: 'Failed',
        message: 'Metric "errors" assessed Failed due to failed (1) > failureLimit (0)',
        metricResults: [
          {
            name: 'errors',
            phase: 'Failed',
            failed: 1,
            successful: 2,
            measurements: [
              { phase: 'Successful', value: '0.01' },
              { phase: 'Failed', value: '0.31' },
            ],
          },
        ],
      },
    })
    expect(status).toBe(201)
    const { output, data } = await tools.run(argoListAnalysisruns, {})
    expect(data?.rows).toMatchObject([
      { NAME: 'run-1', STATUS: 'Failed', OWNER: '<none>', TYPE: 'Step', STEP: '1', METRICS: 'errors Failed 2/1/0/0' },
    ])
    expect(output).toContain('Measurements of failed metrics:\n  run-1, metric errors: 0.31')
    await tools.close()
  })
})
