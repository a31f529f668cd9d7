import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { type ChartServer, chartYaml, helmSettings, packChart, startChartServer } from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'

let api: ApiServer
let charts: ChartServer
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({})
})
afterAll(() => charts?.[Symbol.asyncDispose]())

/** A hook of a kind that needs no node. */
const hook = (name: string, annotations = '', data = 'a: b') =>
  `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, annotations: { "helm.sh/hook": "pre-install,pre-upgrade"${annotations} } }
data: { ${data} }
`
const plain = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}-settings" }\ndata: { a: b }\n'

describe.each(helmMajors)('with helm %i', (major) => {
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    namespace = await api.newNamespace('hooks')
    mcp = await startTestMcp(api.kubeconfig, {
      env: { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace },
    })
  })
  afterAll(() => mcp?.close())

  const serve = async (name: string, templates: Record<string, string>) => {
    const files = Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])
    const archive = `${name}${major}-1.0.0.tgz`
    charts.archives.set(
      archive,
      await packChart({ 'Chart.yaml': chartYaml(), 'templates/plain.yaml': plain, ...Object.fromEntries(files) }),
    )
    return `${charts.url}/${archive}`
  }
  const configMaps = `/api/v1/namespaces/`
  const make = async (name: string) => {
    const object = { metadata: { name }, data: { precious: 'yes' } }
    expect((await api.request('POST', `${configMaps}${namespace}/configmaps`, object)).status).toBe(201)
  }
  const dataOf = async (name: string) =>
    ((await api.request('GET', `${configMaps}${namespace}/configmaps/${name}`)).body as { data?: object }).data
  const shownOf = ({ effect }: Awaited<ReturnType<TestMcp['preview']>>) =>
    effect?.objects.map(({ action, kind, name }) => `${action} ${kind} ${name}`)

  it('what is in the place of a hook is shown as deleted, and goes', async () => {
    await make('taken')
    const args = { release_name: 'taken', chart: await serve('taken', { 'hook.yaml': hook('taken') }) }
    const { preview, result } = await mcp.approveAndRun('helm_install', args)
    expect(shownOf(preview)).toEqual([
      'create Release taken',
      'create ConfigMap taken-settings',
      'delete ConfigMap taken',
      'invoke ConfigMap taken',
    ])
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('taken')).toEqual({ a: 'b' })
    const { verification, output } = await mcp.verify('helm_install', args, preview, 10)
    expect(verification?.verdict, output).toBe('as_approved')
    // The one that the last run has left is replaced by the next, which is said as well.
    const again = await mcp.preview('helm_upgrade', { ...args, values: 'x: 1' })
    expect(shownOf(again)).toContain('delete ConfigMap taken')
  }, 60_000)

  it('what came into the place of a hook since it was shown stays, and helm is stopped', async () => {
    const args = { release_name: 'late', chart: await serve('late', { 'hook.yaml': hook('late') }) }
    const preview = await mcp.preview('helm_install', args)
    expect(shownOf(preview)).not.toContain('delete ConfigMap late')
    await make('late')
    const grant = mcp.engine.grant({ tool: 'helm_install', args, preview })
    const result = await mcp.call('helm_install', args, { 'dev.fairlead/grant': grant })
    expect(result.outcome).not.toBe('succeeded')
    expect(await dataOf('late')).toEqual({ precious: 'yes' })
  }, 60_000)

  it('a hook that replaces nothing says that it will fail, and what it deletes at its end is told', async () => {
    await make('kept')
    const policy = ', "helm.sh/hook-delete-policy": hook-succeeded'
    const args = { release_name: 'kept', chart: await serve('kept', { 'hook.yaml': hook('kept', policy) }) }
    const preview = await mcp.preview('helm_install', args)
    expect(shownOf(preview)).not.toContain('delete ConfigMap kept')
    expect(preview.effect?.reasons).toEqual(
      expect.arrayContaining([
        'runs ConfigMap kept as a hook: pre-install, and deletes it once it has succeeded',
        'ConfigMap kept is there already: the hook will fail',
      ]),
    )
  })

  it('two hooks of one name are both shown, and run', async () => {
    const weights = [', "helm.sh/hook-weight": "-1"', ', "helm.sh/hook-weight": "1"']
    const chart = await serve('twice', {
      'a.yaml': hook('twice', weights[0], 'step: one'),
      'b.yaml': hook('twice', weights[1], 'step: two'),
    })
    const args = { release_name: 'twice', chart }
    const { preview, result } = await mcp.approveAndRun('helm_install', args)
    expect(shownOf(preview)?.filter((shown) => shown === 'invoke ConfigMap twice')).toHaveLength(2)
    const made = preview.effect?.objects.flatMap(({ changes }) => changes.map(({ after }) => JSON.stringify(after)))
    expect(made?.join()).toContain('"step":"one"')
    expect(made?.join()).toContain('"step":"two"')
    expect(result.outcome, result.output).toBe('succeeded')
    expect(await dataOf('twice')).toEqual({ step: 'two' })
  }, 60_000)

  it('a hook that is a list is refused, since not all of it could be shown', async () => {
    const list = `apiVersion: v1
kind: List
metadata: { name: many, annotations: { "helm.sh/hook": pre-install } }
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: one } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: two } }
`
    const args = { release_name: 'many', chart: await serve('many', { 'list.yaml': list }) }
    const { output } = await mcp.preview('helm_install', args)
    expect(output).toMatch(/^Invalid: hook List many is a list\. Each hook of a chart must be one object\.$/)
  })
})
