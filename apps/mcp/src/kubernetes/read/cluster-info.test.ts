import { readFile, writeFile } from 'node:fs/promises'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { beforeAll, expect, test } from 'vitest'
import { startTestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startRecordingProxy } from '../../fixtures/recording-proxy.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { readTools } from '../../fixtures/tools/read-tool.fixture.ts'
import { namedProxyUrl } from './cluster-info/proxy-url.ts'
import { k8sClusterInfo } from './cluster-info.ts'

describeTool(k8sClusterInfo, {
  minimal: {},
  good: () => ({}),
  bad: [['known parameter', { verbose: true }, '"verbose" is not a parameter. There are no parameters.']],
})

let server: ApiServer
beforeAll(async () => {
  server = await sharedApiServer()
}, 60_000)

async function infoAs(kubeconfig: string) {
  const tools = readTools({ kubeconfig, namespace: 'shop' })
  try {
    return await tools.run(k8sClusterInfo)
  } finally {
    await tools.close()
  }
}

test('shows where it is, who asks, what there is', async () => {
  requireNodes(server)
  const { output, data } = await infoAs(server.kubeconfig)
  expect(output).toMatch(
    /^Server: +https:\/\/127\.0\.0\.1:\d+\nContext: +default\nVersion: v1\.\d+\.\d+ \(linux\/amd64\)\n/,
  )
  expect(output).toContain('\nUser: admin (groups: system:masters, system:authenticated)\n')
  expect(output).toMatch(/\nNodes:\n +ROLES +NODES +READY\n +\S+ +\d+ +\d+\n/)
  const rollouts = server.hasRollouts ? 'argoproj.io/v1alpha1' : 'not installed'
  expect(output).toMatch(
    new RegExp(`\\nOptional APIs:\\n +Metrics: +not installed\\n +Argo Rollouts: +${rollouts}\\nHelm: +v4.1.3$`),
  )
  expect(data).toEqual({
    server: /^Server: +(\S+)/.exec(output)?.[1],
    namespace: 'shop',
    version: /^Version: (\S+)/m.exec(output)?.[1],
    helm: 'v4.1.3',
    user: 'admin',
    nodes: expect.any(Number),
    apis: { Metrics: null, 'Argo Rollouts': server.hasRollouts ? rollouts : null },
  })
})

test('what may not be read is said, and the rest stands', async () => {
  const { output, data } = await infoAs(await server.user('nobody-much'))
  expect(output).toMatch(/\nVersion: v1/)
  expect(output).toMatch(/\nUser: nobody-much /)
  expect(output).toMatch(/\nNodes: <may not be read>\nCluster services: <may not be read>\n/)
  expect(data).toMatchObject({ user: 'nobody-much', version: expect.stringMatching(/^v1/), nodes: undefined })
})

test('what the address of a server and who asks it hold of secrets is told to nobody', async () => {
  const proxy = await startRecordingProxy(server)
  const mcp = await startTestMcp(await withPassword(proxy.kubeconfig, 'hunter2hunter2'))
  const username = `ci ghp_${'z'.repeat(36)}`
  proxy.interfere(({ path }, { answer }) => {
    if (path.includes('selfsubjectreviews'))
      answer(201, { kind: 'SelfSubjectReview', status: { userInfo: { username, groups: [username] } } })
    if (path === '/version') answer(200, { gitVersion: `v1.33.0-${username}`, platform: 'linux/amd64' })
  })
  try {
    const answer = await mcp.call('k8s_cluster_info', {})
    expect(answer, answer.output).toMatchObject({ error: false, output: expect.stringContaining('\nUser: ci ') })
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|zzz/)
  } finally {
    await mcp.close()
    await proxy.close()
  }
})

async function withPassword(kubeconfig: string, password: string): Promise<string> {
  const file = `${kubeconfig}.password`
  await writeFile(file, (await readFile(kubeconfig, 'utf8')).replace('http://', `http://bob:${password}@`))
  return file
}

const service = (ports: object[], labels?: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
  spec: { ports },
})

test.each([
  ['a port with a name', service([{ name: 'dns', port: 53 }]), ['kube-dns', 'kube-dns:dns']],
  ['one without', service([{ port: 53 }]), ['kube-dns', 'kube-dns']],
  ['https by its number', service([{ port: 443 }]), ['kube-dns', 'https:kube-dns:']],
  ['none', service([]), ['kube-dns', 'kube-dns']],
  ['a name of its own', service([], { 'kubernetes.io/name': 'CoreDNS' }), ['CoreDNS', 'kube-dns']],
])('the address of a cluster service: %s', (_, object, [name, path]) => {
  const url = `https://k8s.example/api/v1/namespaces/kube-system/services/${path}/proxy`
  expect(namedProxyUrl(object, 'https://k8s.example/')).toEqual([name, url])
})
