import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { freePorts } from '@fairlead/testing/servers/free-ports'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'
import { serveApplications } from '../fixtures/tools/applications.fixture.ts'

let api: ApiServer
let mcp: TestMcp
beforeAll(async () => {
  api = await sharedApiServer()
})
afterEach(() => mcp?.close())

/** A folder with a helm that is this script, or with none. */
async function helmThat(script?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-no-helm-'))
  if (script !== undefined) await writeFile(join(folder, 'helm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return folder
}
const ready = async () => {
  const answer = await fetch(new URL('/health/ready', mcp.url))
  return { status: answer.status, body: await answer.json() }
}
const chart = { chart: 'https://charts.example/web-1.0.0.tgz' }
const settings = { MCP_HELM_ALLOWED_REGISTRIES: 'https://charts.example' }

test.each([
  ['is not there', undefined, 'helm is not installed beside this tool server'],
  ['is too old', 'echo v3.13.3', 'helm v3.13.3 is too old: 3.14 or newer, or 4, is needed beside this tool server.'],
  ['is broken', 'echo "Error: cannot load" >&2; exit 1', 'cannot load'],
  ['says nothing', 'exit 0', 'helm'],
])('a helm that %s costs what needs it one sentence, and nothing else', async (_, script, sentence) => {
  const namespace = await api.newNamespace('no-helm')
  const env = { ...settings, PATH: await helmThat(script), MCP_DEFAULT_NAMESPACE: namespace }
  mcp = await startTestMcp(api.kubeconfig, { env })
  for (const [tool, args] of [
    ['helm_template', { release_name: 'web', ...chart }],
    ['helm_show_values', chart],
  ] as const) {
    const { error, output } = await mcp.call(tool, args)
    expect(error).toBe(true)
    expect(output).toContain(sentence)
    expect(output.split('\n')).toHaveLength(1)
  }
  const install = await mcp.preview('helm_install', { release_name: 'web', ...chart })
  expect(install.output).toContain(sentence)
  expect(await mcp.call('helm_list_releases', {})).toMatchObject({ error: false })
  expect(await mcp.call('k8s_get', { resource_type: 'configmaps' })).toMatchObject({ error: false })
  expect((await mcp.call('k8s_cluster_info', {})).output).toMatch(/^Helm: .+$/m)
  expect(await ready()).toMatchObject({
    status: 200,
    body: { status: 'ready', missing_tools: ['helm'], checks: { helm: expect.stringContaining(sentence) } },
  })
})

test('a server without tools of Helm asks for none', async () => {
  mcp = await startTestMcp(api.kubeconfig, { env: { PATH: await helmThat(), MCP_TOOLSETS: 'k8s' } })
  const { body } = await ready()
  expect(body).not.toHaveProperty('missing_tools')
  expect(body).not.toHaveProperty('checks.helm')
})

test('a cluster without Argo says so in one sentence', async () => {
  const proxy = await startRecordingProxy(api)
  const groups = (await api.request('GET', '/apis')).body as { groups: { name: string }[] }
  proxy.interfere(({ path }, { answer, say }) => {
    const { pathname } = new URL(path, 'http://localhost')
    if (pathname === '/apis')
      return answer(200, { ...groups, groups: groups.groups.filter(({ name }) => name !== 'argoproj.io') })
    if (pathname.startsWith('/apis/argoproj.io')) say(404, '404 page not found')
  })
  mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_TOOLSETS: 'all' } })
  try {
    for (const [tool, kind, product] of [
      ['argo_list_rollouts', 'Rollout', 'Argo Rollouts'],
      ['argo_list_analysisruns', 'AnalysisRun', 'Argo Rollouts'],
      ['argo_list_experiments', 'Experiment', 'Argo Rollouts'],
      ['argo_cd_list_apps', 'Application', 'Argo CD'],
    ] as const) {
      const { code, output } = await mcp.call(tool, {})
      expect(code, output).toBe('NotInstalled')
      expect(output).toContain(
        `this cluster serves no ${kind}s (argoproj.io/v1alpha1): ${product} is not installed in it.`,
      )
    }
    expect((await mcp.preview('argo_promote', { name: 'web' })).code).toBe('NotInstalled')
    expect(await mcp.call('k8s_get', { resource_type: 'configmaps' })).toMatchObject({ error: false })
  } finally {
    await proxy.close()
  }
})

const ofArgo = [
  ['argo_list_rollouts', 'rollouts', 'Rollout', 'Argo Rollouts'],
  ['argo_list_analysisruns', 'analysisruns', 'AnalysisRun', 'Argo Rollouts'],
  ['argo_list_experiments', 'experiments', 'Experiment', 'Argo Rollouts'],
  ['argo_cd_list_apps', 'applications', 'Application', 'Argo CD'],
] as const

/** As a server of old lists what it serves, without one type. */
async function servingWithout(hidden: string) {
  const proxy = await startRecordingProxy(api)
  const argoproj = '/apis/argoproj.io/v1alpha1'
  const [groups, served] = await Promise.all([api.request('GET', '/apis'), api.request('GET', argoproj)])
  const list = served.body as { resources: { name: string }[] }
  proxy.interfere(({ path }, { answer, say }) => {
    const { pathname } = new URL(path, 'http://localhost')
    if (pathname === '/apis') return answer(200, groups.body as object)
    if (pathname === argoproj)
      return answer(200, { ...list, resources: list.resources.filter(({ name }) => name !== hidden) })
    if (pathname.startsWith(argoproj) && pathname.endsWith(`/${hidden}`)) say(404, '404 page not found')
  })
  mcp = await startTestMcp(proxy.kubeconfig, { env: { MCP_TOOLSETS: 'all' } })
  return proxy
}

test.each(ofArgo)('where a part of Argo is missing, %s alone says so', async (missing, plural, kind, product) => {
  await serveApplications(api)
  const proxy = await servingWithout(plural)
  try {
    for (const [tool] of ofArgo) {
      const { code, output } = await mcp.call(tool, {})
      expect([tool, code], output).toEqual([tool, tool === missing ? 'NotInstalled' : undefined])
      if (tool === missing)
        expect(output).toContain(
          `this cluster serves no ${kind}s (argoproj.io/v1alpha1): ${product} is not installed in it.`,
        )
    }
  } finally {
    await proxy.close()
  }
})

test('a Jenkins that is not there is told by its address, and costs nothing else', async () => {
  const [port] = await freePorts(1)
  const namespace = await api.newNamespace('no-jenkins')
  const url = `http://127.0.0.1:${port}`
  const stringData = { username: 'deployer', 'api-token': 'a'.repeat(34), url }
  const name = 'jenkins-cred-0123456789abcdef0123'
  await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData })
  mcp = await startTestMcp(api.kubeconfig, { env: { INTEGRATIONS_SECRET_NAMESPACE: namespace } })
  const injected = { api_url: url, credentials_ref: `${namespace}/${name}` }
  const read = await mcp.call('jenkins_get_jobs', injected)
  expect(read).toMatchObject({ error: true, code: 'Unavailable' })
  expect(read.output.split('\n')).toHaveLength(1)
  expect((await mcp.preview('jenkins_trigger_build', { ...injected, jobFullName: 'web' })).code).toBe('Unavailable')
  expect(await mcp.call('k8s_get', { resource_type: 'configmaps' })).toMatchObject({ error: false })
})
