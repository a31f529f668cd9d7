import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import {
  type ChartFiles,
  type ChartServer,
  chartYaml,
  helmSettings,
  packChart,
  startChartServer,
  webChart,
  writeChart,
} from '@fairlead/testing/helm/charts'
import { helmMajors } from '@fairlead/testing/helm/helm-majors'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { clusterState } from '../fixtures/tools/cluster-state.fixture.ts'

let api: ApiServer
let charts: ChartServer
beforeAll(async () => {
  api = await sharedApiServer()
  requireHelm()
  charts = await startChartServer({})
})
afterAll(() => charts?.[Symbol.asyncDispose]())

/** Puts the chart on the server; its name there is its own. */
async function serve(name: string, files: ChartFiles): Promise<string> {
  charts.archives.set(name, await packChart(files))
  return `${charts.url}/${name}`
}

describe.each(helmMajors)('with helm %i', (major) => {
  let mcp: TestMcp
  let namespace: string
  beforeAll(async () => {
    namespace = await api.newNamespace('helm')
    mcp = await startTestMcp(api.kubeconfig, {
      env: { ...(await helmSettings(major, charts.url)), MCP_DEFAULT_NAMESPACE: namespace },
    })
  })
  afterAll(() => mcp?.close())

  /** Preview, approval, execution, and what reading back says. */
  const done = async (tool: string, args: Record<string, unknown>) => {
    const { preview, result } = await mcp.approveAndRun(tool, args)
    expect(preview.error, preview.output).toBe(false)
    expect(result.outcome, result.output).toBe('succeeded')
    const { verification, output } = await mcp.verify(tool, args, preview, 20)
    return { effect: preview.effect, result, verdict: verification?.verdict, said: output }
  }
  const objectsOf = (effect: { objects: { kind: string; name: string; action: string }[] } | undefined) =>
    effect?.objects.map(({ kind, name, action }) => `${action} ${kind} ${name}`)

  it('a release is installed, upgraded, rolled back and uninstalled, each exactly as it was shown', async () => {
    const first = await serve(`life${major}-1.0.0.tgz`, webChart('1.0.0'))
    const second = await serve(`life${major}-1.1.0.tgz`, webChart('1.1.0', { 'templates/config.yaml': '' }))
    const before = await clusterState(api, namespace)
    const installed = await done('helm_install', { release_name: 'life', chart: first })
    expect(installed.effect).toMatchObject({
      summary: `Install release ${namespace}/life from chart web-1.0.0`,
      basis: 'computed',
      unenforced: true,
      pins: {
        release: `${namespace}/life`,
        revision: 0,
        chart: { name: 'web', version: '1.0.0', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      },
      undo: { tool: 'helm_uninstall', args: { release_name: 'life' } },
    })
    expect(objectsOf(installed.effect)).toEqual([
      'create Release life',
      'create Secret life-secret',
      'create ConfigMap life-config',
      'create Deployment life',
    ])
    expect(JSON.stringify(installed.effect)).not.toContain('nobody-knows-this-one')
    expect(installed.result.output).toContain('It is blue now.')
    expect(installed.verdict, installed.said).toBe('as_approved')
    expect(await mcp.preview('helm_install', { release_name: 'life', chart: first })).toMatchObject({
      code: 'AlreadyExists',
      hint: 'Use helm_upgrade.',
    })

    const upgraded = await done('helm_upgrade', {
      release_name: 'life',
      chart: second,
      values: 'image: web:2\nreplicas: 0',
    })
    expect(upgraded.effect).toMatchObject({
      summary: `Upgrade release ${namespace}/life from revision 1 to 2: chart web-1.0.0 → web-1.1.0 with image, replicas set`,
      undo: { tool: 'helm_rollback', args: { release_name: 'life', revision: 1 } },
    })
    expect(objectsOf(upgraded.effect)).toEqual([
      'update Release life',
      'update Deployment life',
      'delete ConfigMap life-config',
    ])
    expect(upgraded.effect?.highlights?.map(({ fact }) => fact)).toContain('image web:2')
    expect(upgraded.verdict, upgraded.said).toBe('as_approved')

    const back = await done('helm_rollback', { release_name: 'life', revision: 1 })
    expect(back.effect).toMatchObject({
      summary: `Roll release ${namespace}/life back from revision 2 to 1 (chart web-1.0.0), as revision 3`,
      pins: { revision: 2, to_revision: 1 },
    })
    expect(objectsOf(back.effect)).toEqual([
      'update Release life',
      'create ConfigMap life-config',
      'update Deployment life',
    ])
    expect(back.verdict, back.said).toBe('as_approved')

    const gone = await done('helm_uninstall', { release_name: 'life' })
    expect(gone.effect).toMatchObject({ risk: 'high', undo: { impossible: expect.any(String) } })
    expect(gone.verdict, gone.said).toBe('as_approved')
    expect(await clusterState(api, namespace)).toEqual(before)
    expect((await mcp.call('helm_status', { release_name: 'life' })).code).toBe('NotFound')
  }, 120_000)

  it('what is kept and what runs is said: hooks by weight, CRDs, resource-policy, secrets of values', async () => {
    const hook = (name: string, weight: number, event: string) => `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: { "helm.sh/hook": "${event}", "helm.sh/hook-weight": "${weight}" }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: a, image: "job:1", command: [migrate] }] }
`
    const type = `widgets${major}`
    const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${type}.helm.example }
spec:
  group: helm.example
  scope: Namespaced
  names: { plural: ${type}, singular: widget${major}, kind: Widget${major} }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`
    const kept = `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-kept", annotations: { "helm.sh/resource-policy": keep } }
data: { a: b }
`
    const chart = await serve(`hooks${major}-1.0.0.tgz`, {
      'Chart.yaml': chartYaml(),
      'values.yaml': 'apiPassword: ""\n',
      'crds/widget.yaml': crd,
      'templates/hooks.yaml': [
        hook('second', 5, 'pre-install'),
        hook('first', -5, 'pre-install,pre-upgrade'),
        hook('never', 0, 'test'),
      ].join('---\n'),
      'templates/kept.yaml': kept,
      'templates/widget.yaml': `apiVersion: helm.example/v1\nkind: Widget${major}\nmetadata: { name: mine }\nspec: { a: 1 }\n`,
    })
    const fresh = `${namespace}-fresh`
    const args = {
      release_name: 'hooked',
      chart,
      namespace: fresh,
      values: 'apiPassword: super-secret-value-of-the-user',
    }
    const installed = await done('helm_install_with_values', args)
    expect(objectsOf(installed.effect)).toEqual([
      `create Namespace ${fresh}`,
      `create CustomResourceDefinition ${type}.helm.example`,
      'create Release hooked',
      'create ConfigMap hooked-kept',
      `create Widget${major} mine`,
      'invoke Job first',
      'invoke Job second',
    ])
    expect(installed.effect?.reasons).toContain('runs Job first as a hook: pre-install')
    expect(installed.effect?.highlights?.map(({ fact }) => fact)).toContain('image job:1')
    expect(installed.verdict, installed.said).toBe('as_approved')
    const values = await mcp.call('helm_get_values', { release_name: 'hooked', namespace: fresh })
    expect(values.output).toBe('apiPassword: "***"')

    const gone = await done('helm_uninstall', { release_name: 'hooked', namespace: fresh })
    expect(gone.effect?.reasons).toContain('stays in the cluster (resource-policy: keep): ConfigMap hooked-kept')
    expect(objectsOf(gone.effect)).not.toContain('delete ConfigMap hooked-kept')
    const { status } = await api.request('GET', `/api/v1/namespaces/${fresh}/configmaps/hooked-kept`)
    expect(status).toBe(200)
    await api.request('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${type}.helm.example`)
    await api.request('DELETE', `/api/v1/namespaces/${fresh}`)
  }, 120_000)

  it('rights say what becomes of the records of a release and of its objects', async () => {
    const chart = await serve(`rights${major}-1.0.0.tgz`, webChart())
    const requests = async (tool: string, args: Record<string, unknown>) => {
      const nobody = { [metaKeys.rights]: [mcp.engine.identity('nobody')] }
      const { rights, output } = await mcp.preview(tool, { release_name: 'rights', ...args }, nobody)
      expect(rights, output).toHaveLength(1)
      return rights?.[0]?.missing.map(
        ({ verb, resource, name }) => `${verb} ${resource}${name === undefined ? '' : ` ${name}`}`,
      )
    }
    expect(await requests('helm_install', { chart })).toEqual([
      'list secrets',
      'create secrets',
      'update secrets',
      ...(major === 4 ? ['patch secrets rights-secret'] : []),
      ...['configmaps rights-config', 'deployments rights'].flatMap((object) => [
        `create ${object.split(' ')[0]}`,
        ...(major === 4 ? [`patch ${object}`] : []),
      ]),
    ])
    await done('helm_install', { release_name: 'rights', chart })
    expect(await requests('helm_uninstall', {})).toEqual([
      'list secrets',
      'update secrets',
      'delete secrets',
      'delete secrets rights-secret',
      'delete configmaps rights-config',
      'delete deployments rights',
    ])
  }, 60_000)

  it('what each rendering makes up is shown as such, and two previews have one digest', async () => {
    const chart = await serve(`random${major}-1.0.0.tgz`, {
      ...webChart(),
      'templates/random.yaml': `apiVersion: v1
kind: Secret
metadata: { name: {{ .Release.Name }}-random }
stringData: { password: "{{ randAlphaNum 24 }}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-{{ randAlphaNum 6 | lower }}", annotations: { at: "{{ now | unixEpoch }}-{{ randAlphaNum 4 }}" } }
data: { a: b }
`,
    })
    const args = { release_name: 'random', chart }
    const previews = [await mcp.preview('helm_install', args), await mcp.preview('helm_install', args)]
    expect(new Set(previews.map(({ effect_digest }) => effect_digest)).size).toBe(1)
    const [shown] = previews
    expect(shown?.error, shown?.output).toBe(false)
    expect(shown?.effect?.generated.toSorted()).toEqual([
      '/metadata/annotations/at',
      '/metadata/name',
      '/stringData/password',
    ])
    expect(objectsOf(shown?.effect)).toContain('create ConfigMap random-*')
    const installed = await done('helm_install', args)
    expect(installed.verdict, installed.said).toBe('as_approved')
  }, 120_000)

  it('an archive that was replaced after the preview, and a release that moved on, are stale: nothing is written', async () => {
    const name = `moved${major}-1.0.0.tgz`
    const chart = await serve(name, webChart())
    const args = { release_name: 'moved', chart }
    const shown = await mcp.preview('helm_install', args)
    await serve(
      name,
      webChart('1.0.0', { 'templates/extra.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\n' }),
    )
    const grantOf = (tool: string, of: Record<string, unknown>, preview: typeof shown) => ({
      'dev.fairlead/grant': mcp.engine.grant({ tool, args: of, preview }),
    })
    expect(await mcp.call('helm_install', args, grantOf('helm_install', args, shown))).toMatchObject({
      outcome: 'stale',
      objects: [],
    })
    expect((await mcp.call('helm_status', { release_name: 'moved' })).code).toBe('NotFound')

    await done('helm_install', args)
    const upgrade = { ...args, values: 'color: red' }
    const upgradeShown = await mcp.preview('helm_upgrade', upgrade)
    await done('helm_upgrade', { ...args, values: 'color: green' })
    expect(await mcp.call('helm_upgrade', upgrade, grantOf('helm_upgrade', upgrade, upgradeShown))).toMatchObject({
      outcome: 'stale',
      objects: [],
    })
    expect((await mcp.call('helm_get_values', { release_name: 'moved' })).output).toContain('green')
  }, 120_000)

  it('charts of repositories are found by their names once one was added, and none is fetched from where none may be', async () => {
    await serve(`found${major}-2.0.0.tgz`, {
      ...webChart('2.0.0'),
      'Chart.yaml': chartYaml('2.0.0').replace('name: web', `name: found${major}`),
    })
    expect(await mcp.preview('helm_install', { release_name: 'x', chart: `shop/found${major}` })).toMatchObject({
      code: 'NotFound',
    })
    const added = await mcp.approveAndRun('helm_repo_add', { name: 'shop', url: charts.url })
    expect(added.preview.effect).toMatchObject({
      basis: 'external',
      undo: { tool: 'helm_repo_remove', args: { name: 'shop' } },
    })
    expect(added.result).toMatchObject({
      outcome: 'succeeded',
      output: expect.stringContaining('forgotten when this tool server ends'),
    })
    expect(
      (await mcp.verify('helm_repo_add', { name: 'shop', url: charts.url }, added.preview)).verification?.verdict,
    ).toBe('as_approved')
    expect((await mcp.call('helm_search_repo', { keyword: `found${major}` })).data?.rows).toMatchObject([
      { NAME: `shop/found${major}`, 'CHART VERSION': '2.0.0' },
    ])
    expect((await mcp.call('helm_show_values', { chart: `shop/found${major}` })).output).toContain('color: blue')
    expect((await mcp.approveAndRun('helm_repo_update', {})).result.outcome).toBe('succeeded')
    expect(await mcp.preview('helm_repo_add', { name: 'shop', url: `${charts.url}/other` })).toMatchObject({
      code: 'AlreadyExists',
    })
    expect((await mcp.approveAndRun('helm_repo_remove', { name: 'shop' })).result.outcome).toBe('succeeded')
    expect((await mcp.call('helm_search_repo', { keyword: 'a' })).output).toContain('No chart repositories')

    for (const [chart, why] of [
      ['https://charts.example/web-1.0.0.tgz', 'begins with no entry of MCP_HELM_ALLOWED_REGISTRIES'],
      [
        `${charts.url.replace('127.0.0.1', '127.0.0.2')}/web-1.0.0.tgz`,
        'begins with no entry of MCP_HELM_ALLOWED_REGISTRIES',
      ],
      ['/etc/passwd', 'MCP_HELM_ALLOW_LOCAL'],
    ])
      expect(await mcp.preview('helm_install', { release_name: 'x', chart })).toMatchObject({
        code: 'Refused',
        output: expect.stringContaining(why as string),
      })
  }, 120_000)
})

it('without a list no chart comes from within the network, by name or by address, and none by plain HTTP', async () => {
  const { MCP_HELM_ALLOWED_REGISTRIES: _, ...open } = await helmSettings(4, charts.url)
  const mcp = await startTestMcp(api.kubeconfig, { env: open })
  for (const host of [
    '127.0.0.1:1',
    'localhost',
    '169.254.169.254',
    '10.0.0.1',
    '192.168.1.1',
    '[::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
  ])
    expect(
      await mcp.preview('helm_install', { release_name: 'x', chart: `https://${host}/web.tgz` }),
      host,
    ).toMatchObject({
      code: 'Refused',
      output: expect.stringContaining('is an address within this network'),
    })
  await mcp.close()
  const plain = await startTestMcp(api.kubeconfig, { env: { PATH: open.PATH ?? '' } })
  expect(
    await plain.preview('helm_install', { release_name: 'x', chart: 'http://charts.example/web.tgz' }),
  ).toMatchObject({
    code: 'Refused',
    output: expect.stringContaining('is not https'),
  })
  await plain.close()
})

it('a chart of a folder is installed where that is allowed, as it was then; no link leads out of it', async () => {
  const namespace = await api.newNamespace('folder')
  const settings = { ...(await helmSettings(4, charts.url)), MCP_DEFAULT_NAMESPACE: namespace }
  const mcp = await startTestMcp(api.kubeconfig, { env: { ...settings, MCP_HELM_ALLOW_LOCAL: 'true' } })
  const folder = await writeChart(webChart())
  await symlink('/etc/hostname', join(folder, 'templates', 'linked.yaml'))
  const args = { release_name: 'folder', chart: folder }
  const stale = await mcp.preview('helm_install', args)
  await writeFile(
    join(folder, 'templates', 'config.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: later }\n',
  )
  const grant = mcp.engine.grant({ tool: 'helm_install', args, preview: stale })
  expect(await mcp.call('helm_install', args, { [metaKeys.grant]: grant })).toMatchObject({ outcome: 'stale' })
  const { preview, result } = await mcp.approveAndRun('helm_install', args)
  expect(preview.effect?.objects.map(({ name }) => name)).toContain('later')
  expect(result.outcome, result.output).toBe('succeeded')
  expect((await mcp.preview('helm_install', { release_name: 'x', chart: `${folder}/none` })).code).toBe('NotFound')
  await mcp.close()
}, 60_000)

it('a version of a chart that is one is refused, where helm would take the chart that lies there', async () => {
  const settings = await helmSettings(4, charts.url)
  const mcp = await startTestMcp(api.kubeconfig, { env: { ...settings, MCP_HELM_ALLOW_LOCAL: 'true' } })
  for (const chart of [await writeChart(webChart()), await serve('one-1.0.0.tgz', webChart())]) {
    expect((await mcp.preview('helm_install', { release_name: 'x', chart })).error).toBe(false)
    const versioned = await mcp.preview('helm_install', { release_name: 'x', chart, version: '2.0.0' })
    expect(versioned).toMatchObject({
      code: 'InvalidArgument',
      output: expect.stringContaining('leave version out'),
    })
  }
  await mcp.close()
}, 60_000)

it('without helm, releases are read and one sentence says why none is changed', async () => {
  const namespace = await api.newNamespace('no-helm')
  const mcp = await startTestMcp(api.kubeconfig, { env: { PATH: '/nowhere', MCP_DEFAULT_NAMESPACE: namespace } })
  expect((await mcp.call('helm_list_releases', {})).output).toBe(`No releases found in ${namespace} namespace.`)
  expect(await mcp.preview('helm_install', { release_name: 'x', chart: 'https://192.0.2.1/web.tgz' })).toMatchObject({
    code: 'NotInstalled',
    output: expect.stringContaining('helm is not installed beside this tool server'),
  })
  await mcp.close()
})
