import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireRollouts } from '@fairlead/testing/cluster/require-rollouts'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { analysisRunPath, makeAnalysisTemplate } from '../fixtures/tools/analysis-runs.fixture.ts'
import { makeRollout, rolloutPath, setImage, untilRollout } from '../fixtures/tools/rollouts.fixture.ts'
import { phaseOf } from './shared/phase.ts'

let api: ApiServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  api = await sharedApiServer()
  requireRollouts(api)
  namespace = await api.newNamespace('live')
  await makeAnalysisTemplate(api, namespace, 'slow')
  mcp = await startTestMcp(api.kubeconfig, { env: { MCP_DEFAULT_NAMESPACE: namespace, MCP_TOOLSETS: 'all' } })
})
afterAll(() => mcp?.close())

const until = (name: string, isSo: Parameters<typeof untilRollout>[3]) => untilRollout(api, namespace, name, isSo)
const approved = async (tool: string, args: Record<string, unknown>) => {
  const { preview, result } = await mcp.approveAndRun(tool, args)
  expect(result.outcome, `${tool}: ${preview.output} ${result.output}`).toBe('succeeded')
  return preview
}

describe('an analysis as a step', () => {
  const steps = [{ analysis: { templates: [{ templateName: 'slow' }] } }, { setWeight: 50 }, { pause: {} }]

  /** On its way to a second version, and within the analysis. */
  async function analysed(name: string): Promise<string> {
    await makeRollout(api, namespace, { name, steps })
    await setImage(api, namespace, name, 'web:2')
    const { status } = await until(name, (now) => now.status.canary?.currentStepAnalysisRunStatus?.status === 'Running')
    return status.canary?.currentStepAnalysisRunStatus?.name ?? ''
  }
  const isAtItsPause = ({ status }: Awaited<ReturnType<typeof until>>) =>
    status.currentStepIndex === 2 && (status.pauseConditions ?? []).length > 0

  it('that runs is shown, and a promotion leaves it out', async () => {
    const run = await analysed('running')
    expect((await mcp.call('argo_describe', { name: 'running' })).output).toContain(`${run} of the step: Running`)
    const preview = await approved('argo_promote', { name: 'running' })
    expect(preview.effect?.summary).toMatch(/set weight 50 %, then pause until it is promoted$/)
    await until('running', isAtItsPause)
    expect((await mcp.verify('argo_promote', { name: 'running' }, preview, 5)).verification?.verdict).toBe(
      'as_approved',
    )
  }, 60_000)

  it('that says nothing pauses the Rollout, and a promotion goes on behind it', async () => {
    const run = await analysed('unsure')
    const merge = 'application/merge-patch+json'
    const status = { phase: 'Inconclusive', message: 'neither good nor bad' }
    expect((await api.request('PATCH', analysisRunPath(namespace, run), { status }, merge)).status).toBe(200)
    await until('unsure', ({ status: { pauseConditions = [] } }) =>
      pauseConditions.some(({ reason }) => reason === 'InconclusiveAnalysisRun'),
    )
    expect((await mcp.call('argo_describe', { name: 'unsure' })).output).toContain('Inconclusive')
    await approved('argo_promote', { name: 'unsure' })
    await until('unsure', isAtItsPause)
  }, 60_000)

  it('that has failed aborts, which no promotion ships; a retry starts it again', async () => {
    const run = await analysed('failed')
    const status = { phase: 'Failed', message: 'too many errors' }
    await api.request('PATCH', analysisRunPath(namespace, run), { status }, 'application/merge-patch+json')
    await until('failed', (now) => now.status.abort === true && phaseOf(now).phase === 'Degraded')
    for (const full of [false, true])
      expect((await mcp.preview('argo_promote', { name: 'failed', full })).output).toMatch(/^Refused: .*aborted/)
    await approved('argo_retry_rollout', { name: 'failed' })
    const again = await until('failed', (now) => {
      const { name, status: state } = now.status.canary?.currentStepAnalysisRunStatus ?? {}
      return state === 'Running' && name !== run
    })
    expect(again.status.abort).not.toBe(true)
  }, 60_000)
})

it('a Rollout whose template is a Deployment is undone there, and promoted once its controller has seen it', async () => {
  const labels = { app: 'shared' }
  const template = (image: string) => ({ metadata: { labels }, spec: { containers: [{ name: 'app', image }] } })
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`
  const deployment = { replicas: 0, selector: { matchLabels: labels }, template: template('web:1') }
  await api.request('POST', path, { metadata: { name: 'shared' }, spec: deployment })
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shared' }
  await makeRollout(api, namespace, {
    name: 'shared',
    steps: [{ setWeight: 50 }, { pause: {} }],
    spec: { workloadRef },
  })

  const imageOf = async () =>
    JSON.stringify((await api.request('GET', `${path}/shared`)).body).match(/"image":"([^"]+)"/)?.[1]
  await approved('argo_set_image', { name: 'shared', image: 'app=web:2' })
  // At once: by what the controller has seen before there would be nothing to promote.
  expect((await mcp.preview('argo_promote', { name: 'shared' })).effect?.summary).toMatch(/^Promote Rollout /)
  await until('shared', (now) => phaseOf(now).phase === 'Paused')
  await approved('argo_promote', { name: 'shared' })
  await until('shared', (now) => phaseOf(now).phase === 'Healthy' && now.status.currentStepIndex === 2)
  expect(await imageOf()).toBe('web:2')

  const undo = await approved('argo_undo', { name: 'shared' })
  expect(undo.effect?.objects.map(({ kind, name }) => [kind, name])).toEqual([['Deployment', 'shared']])
  expect(await imageOf()).toBe('web:1')
  const { body } = await api.request('GET', rolloutPath(namespace, 'shared'))
  expect(JSON.stringify((body as { spec: object }).spec)).not.toContain('web:')
  await until('shared', (now) => phaseOf(now).phase === 'Healthy' || phaseOf(now).phase === 'Paused')
}, 60_000)
