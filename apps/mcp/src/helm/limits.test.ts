import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { linesWith } from '@fairlead/testing/cluster/lines-with'
import { untilLogged } from '@fairlead/testing/cluster/until-logged'
import { type ChartServer, helmSettings, startChartServer, webChart, writeChart } from '@fairlead/testing/helm/charts'
import { runHelm } from '@fairlead/testing/helm/run-helm'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { hearCall } from '../fixtures/hear-call.fixture.ts'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'

let api: ApiServer
let charts: ChartServer
let namespace: string
let mcp: TestMcp
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({ 'web-1.1.0.tgz': webChart('1.1.0') })
  namespace = await api.newNamespace('limits')
  await runHelm(4, api, ['install', `--namespace=${namespace}`, 'web', await writeChart(webChart())])
})
afterEach(() => mcp?.close())
afterAll(() => charts?.[Symbol.asyncDispose]())

const settings = async (env: Record<string, string>) => ({
  ...(await helmSettings(4, charts.url)),
  ...{ MCP_TOOLSETS: 'all', ...env },
})
const place = (release_name = 'web') => ({ release_name, namespace })
const chart = () => ({ chart: `${charts.url}/web-1.1.0.tgz` })
const reads = (): [tool: string, args: Args][] => [
  ['helm_list_releases', { namespace }],
  ['helm_status', place()],
  ['helm_get_values', place()],
  ['helm_get_manifest', place()],
  ['helm_get_hooks', place()],
  ['helm_diff', place()],
  ['helm_history', place()],
  ['argo_list_rollouts', { namespace }],
]
const writes = (): [tool: string, args: Args][] => [
  ['helm_install', { ...place('other'), ...chart(), create_namespace: false }],
  ['helm_upgrade', { ...place(), ...chart() }],
  ['helm_rollback', { ...place(), revision: 1 }],
  ['helm_uninstall', place()],
  ['helm_test', place()],
  ['argo_abort_rollout', { name: 'web', namespace }],
]

it('a user without rights reads, previews and runs nothing', async () => {
  const proxy = await startRecordingProxy(api)
  mcp = await startTestMcp(proxy.kubeconfig, { env: await settings({ MCP_IDENTITY: 'impersonate' }) })
  const as = (user: string, groups: string[] = []) => ({ [metaKeys.identity]: mcp.engine.identity(user, groups) })
  const nobody = as('nobody@example.com')
  const args = { ...place(), ...chart() }
  const admin = as('ada@example.com', ['system:masters'])
  const preview = await mcp.preview('helm_upgrade', args, admin)
  expect(preview.error, preview.output).toBe(false)
  // What the server itself may do it asks as itself.
  const askers = () => {
    const ofUsers = proxy.seen.filter(({ path }) => !path.startsWith('/apis/authorization.k8s.io/'))
    return [...new Set(ofUsers.map(({ headers }) => headers['impersonate-user']))]
  }
  expect(askers()).toEqual(['ada@example.com'])
  proxy.seen.length = 0

  for (const [tool, of] of reads()) expect([tool, (await mcp.call(tool, of, nobody)).code]).toEqual([tool, 'Forbidden'])
  for (const [tool, of] of writes())
    expect([tool, (await mcp.preview(tool, of, nobody)).code]).toEqual([tool, 'Forbidden'])
  const claims = { act: { sub: 'nobody@example.com', groups: [] } }
  const granted = { [metaKeys.grant]: mcp.engine.grant({ tool: 'helm_upgrade', args, preview }, { claims }) }
  expect(await mcp.call('helm_upgrade', args, { ...nobody, ...granted })).toMatchObject({ code: 'Forbidden' })
  expect(proxy.writes()).toEqual([])
  expect(askers()).toEqual(['nobody@example.com'])
  for (const who of [{}, { [metaKeys.identity]: 'no identity' }])
    expect((await mcp.call('helm_list_releases', { namespace }, who)).code).toBe('Refused')

  await proxy.close()
}, 60_000)

it('every request of a run of helm is made as the user whose change it is', async () => {
  mcp = await startTestMcp(api.kubeconfig, { env: await settings({ MCP_IDENTITY: 'impersonate' }) })
  const act = { sub: `ada-${namespace}@example.com`, groups: ['system:masters'] }
  const admin = { [metaKeys.identity]: mcp.engine.identity(act.sub, act.groups) }
  const args = { ...place(), ...chart() }
  const preview = await mcp.preview('helm_upgrade', args, admin)
  const call_id = `call_${namespace}`
  const grant = mcp.engine.grant({ tool: 'helm_upgrade', args, preview }, { claims: { act, call_id } })
  const { outcome, output } = await mcp.call('helm_upgrade', args, { ...admin, [metaKeys.grant]: grant })
  expect(outcome, output).toBe('succeeded')
  await untilLogged(api)
  const lines = linesWith(api.auditLog, ` call/${call_id}`).map((line) => JSON.parse(line))
  expect(lines.length).toBeGreaterThan(5)
  expect(new Set(lines.map(({ impersonatedUser }) => impersonatedUser?.username))).toEqual(new Set([act.sub]))
}, 60_000)

it.each([
  ['holds credentials of integrations', () => ({ INTEGRATIONS_SECRET_NAMESPACE: namespace })],
  ['is not among those of MCP_NAMESPACES', () => ({ MCP_NAMESPACES: 'elsewhere' })],
])(
  'in a namespace that %s nothing is read or previewed',
  async (why, env) => {
    mcp = await startTestMcp(api.kubeconfig, { env: await settings(env()) })
    for (const [tool, args] of reads()) {
      const { code, output } = await mcp.call(tool, args)
      expect([tool, code, output.includes(why)], output).toEqual([tool, 'Refused', true])
    }
    for (const [tool, args] of writes()) {
      const { code, output } = await mcp.preview(tool, args)
      expect([tool, code, output.includes(why)], output).toEqual([tool, 'Refused', true])
    }
    const all = await mcp.call('helm_list_releases', { all_namespaces: true })
    expect(all.output).not.toContain(namespace)
  },
  60_000,
)

it('what helm says while it runs is heard in order, without what hides text; unasked nothing is sent', async () => {
  mcp = await startTestMcp(api.kubeconfig, { env: await settings({}) })
  const run = async (release: string, progressToken?: number) => {
    const args = { ...place(release), ...chart(), create_namespace: false }
    const preview = await mcp.preview('helm_install', args)
    const meta = { [metaKeys.grant]: mcp.engine.grant({ tool: 'helm_install', args, preview }) }
    return await hearCall(mcp.url, {
      ...{ name: 'helm_install', arguments: args },
      _meta: { ...meta, ...(progressToken !== undefined && { progressToken }) },
    })
  }
  const heard = await run('heard', 1)
  expect(heard.answer.outcome, heard.answer.output).toBe('succeeded')
  expect(heard.notices.length).toBeGreaterThan(0)
  expect(heard.notices.map(({ seq }) => seq)).toEqual(heard.notices.map((_, index) => index + 1))
  const text = heard.notices.map((notice) => notice.text).join('')
  expect(text).toContain('It is blue now.')
  expect(text).not.toContain('nobody-knows-this-one')
  expect((await run('unheard')).notices).toEqual([])
}, 60_000)
