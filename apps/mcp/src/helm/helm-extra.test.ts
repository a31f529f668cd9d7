import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, helmSettings, startChartServer, webChart, writeChart } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { runHelm } from '@fairlead/testing/helm/run-helm'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let charts: ChartServer
/** For helm as the administrator runs it: it blocks the server of this process. */
let local: string
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  const pod = (name: string, weight: number) => `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-${name}
  annotations: { helm.sh/hook: test, helm.sh/hook-weight: "${weight}" }
spec:
  restartPolicy: Never
  containers: [{ name: test, image: curl:1 }]
`
  const tests = { 'templates/tests.yaml': [pod('second', 2), pod('first', 1)].join('---\n') }
  local = await writeChart(webChart('1.0.0', tests))
  charts = await startChartServer({
    'web-1.0.0.tgz': webChart('1.0.0', tests),
    'web-1.1.0.tgz': webChart('1.1.0', { ...tests, 'templates/config.yaml': '' }),
    'broken-1.0.0.tgz': webChart('1.0.0', { 'templates/config.yaml': '{{ .Values.color' }),
  })
})
afterAll(() => charts?.[Symbol.asyncDispose]())

describe.each(helmMajors)('with helm %i', (major) => {
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    namespace = await api.newNamespace('helm-extra')
    const env = { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace, MCP_TOOLSETS: 'all' }
    mcp = await startTestMcp(api.kubeconfig, { env })
    for (const color of ['blue', 'red']) await installed('web', color)
  })
  afterAll(() => mcp?.close())

  const installed = (release: string, color: string) =>
    runHelm(major, api, [
      ...['upgrade', '--install', `--namespace=${namespace}`, `--set=color=${color},password=secret-of-${color}`],
      ...[release, local],
    ])
  const said = async (tool: string, args: Record<string, unknown>) => {
    const { output, error } = await mcp.call(tool, args)
    expect(error, output).toBe(false)
    return output
  }

  it('two revisions are compared, and one with what a chart renders; hidden values are not shown', async () => {
    const two = await said('helm_diff', { release_name: 'web' })
    expect(two).toContain('/web: revision 1 (web-1.0.0) -> revision 2 (web-1.0.0)')
    expect(two).toMatch(/-\s+color: blue\n\+\s+color: red/)
    expect(two).toMatch(/Secret\/web-secret: only hidden values differ|-\s+password: "?\*\*\*\(14 bytes\)/)
    expect(two).not.toContain('secret-of')
    expect(two).not.toContain('Deployment/web')
    const chart = `${charts.url}/web-1.1.0.tgz`
    const other = await said('helm_diff', { release_name: 'web', chart })
    // As an upgrade with values does it: what the call does not say stays.
    const valued = await said('helm_diff', { release_name: 'web', chart, values: 'replicas: 1' })
    expect(valued).toMatch(/-\s+replicas: 0\n\+\s+replicas: 1/)
    expect(valued).not.toContain('Secret/web-secret')
    expect(other).toMatch(/revision 2 \(web-1\.0\.0\) -> what .*web-1\.1\.0\.tgz renders without a cluster/)
    expect(other).toContain('-kind: ConfigMap')
    expect(other).not.toContain('Secret/web-secret')
    expect(await said('helm_diff', { release_name: 'web', revision: 2, to_revision: 2 })).toContain('are the same')
    expect((await mcp.call('helm_diff', { release_name: 'web', to_revision: 1 })).output).toBe(
      'InvalidArgument: revision 1 is the first one: there is none before it.',
    )
    expect((await mcp.call('helm_diff', { release_name: 'web', revision: 7 })).output).toMatch(
      /has no revision 7\. There are: 2, 1\.$/,
    )
  })

  it('notes, hooks, repositories and faults of a chart are told', async () => {
    expect(await said('helm_get_notes', { release_name: 'web', revision: 1 })).toBe('It is blue now.')
    const hooks = await mcp.call('helm_get_hooks', { release_name: 'web' })
    expect(hooks.output).toContain('name: web-first')
    expect(hooks.data).toMatchObject({
      revision: 2,
      hooks: expect.arrayContaining([expect.objectContaining({ name: 'web-first', kind: 'Pod', weight: 1 })]),
    })
    expect(await said('helm_list_repos', {})).toContain('No chart repositories')
    await mcp.approveAndRun('helm_repo_add', { name: 'kept', url: charts.url })
    expect(await said('helm_list_repos', {})).toMatch(new RegExp(`kept +${charts.url}`))
    const good = await mcp.call('helm_lint', { chart: `${charts.url}/web-1.0.0.tgz`, values: 'color: red' })
    expect(good, good.output).toMatchObject({ error: false, data: { passed: true } })
    const bad = await mcp.call('helm_lint', { chart: `${charts.url}/broken-1.0.0.tgz` })
    expect(bad, bad.output).toMatchObject({ error: false, data: { passed: false } })
    expect(bad.output).toContain('config.yaml')
    expect(bad.output).not.toMatch(/\/tmp\//)
  })

  /** Says how a pod has ended, as its node would: where there are nodes, once one runs it. */
  const ends = async (pod: string, phase: string): Promise<void> => {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}`
    const present = async () => ((await api.request('GET', path)).body as { status?: { phase?: string } }).status?.phase
    await expect.poll(present, { timeout: 20_000, interval: 20 }).toBe(api.hasNodes ? 'Running' : 'Pending')
    await api.request('PATCH', `${path}/status`, { status: { phase } }, 'application/merge-patch+json')
  }

  it('tests of a release run as shown, by their weights, and end as their pods do', async () => {
    // Helm 4 waits for a pod that has failed until its time is over.
    const args = { release_name: 'web', timeout_seconds: 10 }
    const preview = await mcp.preview('helm_test', args)
    expect(preview.effect).toMatchObject({
      summary: `Run the tests of release ${namespace}/web (revision 2): Pod web-first, Pod web-second`,
      objects: [
        { kind: 'Pod', name: 'web-first', action: 'invoke' },
        { kind: 'Pod', name: 'web-second', action: 'invoke' },
      ],
      undo: { impossible: expect.any(String) },
      pins: { revision: 2 },
    })
    const grant = (of: typeof preview) => ({
      [metaKeys.grant]: mcp.engine.grant({ tool: 'helm_test', args, preview: of }),
    })
    const running = mcp.call('helm_test', args, grant(preview))
    await ends('web-first', 'Succeeded')
    await ends('web-second', 'Succeeded')
    const result = await running
    expect(result.outcome, result.output).toBe('succeeded')
    expect(result.output).toContain('Pod web-first: Succeeded')
    const { verification } = await mcp.verify('helm_test', args, preview, 5)
    expect(verification?.verdict).toBe('as_approved')

    // The pods of the last run go first, and are no tests of their own.
    const { effect } = await mcp.preview('helm_test', args)
    expect(effect?.summary).toBe(preview.effect?.summary)
    expect(effect?.objects.map(({ action, name }) => `${action} ${name}`)).toEqual([
      ...['delete web-first', 'invoke web-first'],
      ...['delete web-second', 'invoke web-second'],
    ])

    await Promise.all(
      ['web-first', 'web-second'].map((pod) =>
        api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod}?gracePeriodSeconds=0`),
      ),
    )
    const again = mcp.call('helm_test', args, grant(await mcp.preview('helm_test', args)))
    await ends('web-first', 'Failed')
    expect(await again).toMatchObject({
      outcome: 'failed',
      objects: [
        { outcome: 'failed', error: expect.stringMatching(/^Upstream: /) },
        { outcome: 'failed', error: 'Cancelled: Pod web-second was not begun.' },
      ],
    })
  }, 90_000)

  it('who may not write the record of a release may not test it', async () => {
    const nobody = { [metaKeys.rights]: [mcp.engine.identity('nobody')] }
    const { rights } = await mcp.preview('helm_test', { release_name: 'web' }, nobody)
    const missing = rights?.[0]?.missing.map(({ verb, resource }) => `${verb} ${resource}`)
    expect(missing?.slice(0, 2)).toEqual(['list secrets', 'update secrets'])
    expect(missing).toContain('create pods')
  })

  it('a release that was changed since is not tested, nor one with other tests than were approved', async () => {
    await installed('moved', 'blue')
    const args = { release_name: 'moved' }
    const preview = await mcp.preview('helm_test', args)
    await installed('moved', 'green')
    const meta = { [metaKeys.grant]: mcp.engine.grant({ tool: 'helm_test', args, preview }) }
    expect(await mcp.call('helm_test', args, meta)).toMatchObject({ code: 'Stale', outcome: 'stale' })
    expect((await api.request('GET', `/api/v1/namespaces/${namespace}/pods/moved-first`)).status).toBe(404)
  })
})
