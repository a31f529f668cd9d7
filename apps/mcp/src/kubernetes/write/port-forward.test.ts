import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { metaKeys, type ToolAnswer, toolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { startTestMcp, type TestMcp } from '../../fixtures/mcp-server.fixture.ts'
import { startStdioHost } from '../../fixtures/stdio-host.fixture.ts'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import { typedBy } from '../../fixtures/tools/named-objects.fixture.ts'
import { letters, noNamespace, portForm } from '../../fixtures/tools/sentences.fixture.ts'
import { makePod } from '../../fixtures/tools/simulated-pod.fixture.ts'
import { writeTools } from '../../fixtures/tools/write-tools.fixture.ts'
import { createForwards, type Forwards } from '../../kube/pod-streams/forward-ports.ts'
import { k8sPortForward } from './port-forward.ts'

describeTool(k8sPortForward, {
  minimal: { resource_name: 'web', ports: '8080' },
  good: ({ namespace }) => ({ resource_name: 'bare', resource_type: 'pod', ports: '8080', namespace }),
  names: typedBy('resource_name', 'portforward'),
  needs: 'nodes',
  bad: [
    ['name', { resource_name: 'a/b' }, `resource_name "a/b" is not a name. ${letters}`],
    ['namespace', { namespace: 'A_b' }, noNamespace],
    ['choice', { resource_type: 'job' }, 'resource_type "job" is not one of deployment, pod, service.'],
    ['ports', { ports: '70000' }, `ports "70000" is not a list of ports. ${portForm}`],
  ],
})

let cluster: ApiServer
let namespace: string
let mcp: TestMcp
let tools: ReturnType<typeof writeTools>
let forwards: Forwards
let echo: Server
const faults: string[] = []

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('ports')
  mcp = await startTestMcp(cluster.kubeconfig)
  forwards = createForwards((fault) => faults.push(fault))
  tools = writeTools({ kubeconfig: cluster.kubeconfig, namespace, forwards })
  echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket))
  await once(echo.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  await forwards?.close()
  await mcp?.close()
  await tools?.close()
  echo?.close()
})

/** The pod that listens, and the Service before it: made once, for all that need them. */
const runWeb = () => {
  web ??= makeWeb()
  return web
}
let web: Promise<void> | undefined
async function makeWeb(): Promise<void> {
  const ports = [{ name: 'http', containerPort: 8080 }]
  await makePod(cluster, namespace, {
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [{ name: 'app', image: 'nginx:1.27', ports }] },
  })
  await create(`/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/portforwards`, {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'PortForward',
    metadata: { name: 'web' },
    spec: {
      forwards: [
        { ports: [8080], target: { address: '127.0.0.1', port: (echo.address() as AddressInfo).port } },
        { ports: [9999], target: { address: '127.0.0.1', port: 1 } },
      ],
    },
  })
  await create(`/api/v1/namespaces/${namespace}/services`, {
    metadata: { name: 'web' },
    spec: {
      selector: { app: 'web' },
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'other', port: 81, targetPort: 8080 },
      ],
    },
  })
}

const create = async (path: string, body: unknown) => {
  const answer = await cluster.request('POST', path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
}
/** What comes back for what is said, as far as it is as long; less when the connection ends before. */
async function answerOf(port: number, said: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.write(said)
  let answer = ''
  for await (const piece of socket) {
    answer += piece
    if (answer.length >= said.length) break
  }
  return answer
}
const localPort = ({ data }: ToolAnswer): number => {
  const [opened] = (data?.ports ?? []) as { local: number }[]
  return opened?.local ?? 0
}

describe('over stdio', () => {
  it('opens local ports that lead to the pod, and closes them again', async () => {
    await runWeb()
    const args = { resource_name: 'web', ports: '0:8080', namespace }
    const { effect, answer } = await tools.write(k8sPortForward, args)
    expect(effect).toMatchObject({
      summary: `Connect to Pod ${namespace}/web, ports 0:8080`,
      basis: 'external',
      risk: 'medium',
      objects: [{ kind: 'Pod', name: 'web', action: 'invoke', changes: [{ path: '/ports', after: ['0:8080'] }] }],
    })
    expect(answer).toMatchObject({ error: false, outcome: 'succeeded', data: { id: expect.any(String) } })
    const local = localPort(answer)
    const minutes = (Date.parse(String(answer.data?.until)) - Date.now()) / 60_000
    expect([minutes > 9, minutes <= 10]).toEqual([true, true])
    // The node learns where its ports lead a moment after it was said.
    await expect.poll(() => answerOf(local, 'hello'), { timeout: 5_000 }).toBe('hello')
    const large = 'x'.repeat(3_000_000)
    expect(await Promise.all([answerOf(local, 'hello'), answerOf(local, large)])).toEqual(['hello', large])
    await forwards.close()
    const refused = connect(local, '127.0.0.1')
    expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
  }, 30_000)

  it('tells of a connection that the pod does not take', async () => {
    await runWeb()
    const { answer } = await tools.write(k8sPortForward, { resource_name: 'web', ports: '0:9999', namespace })
    const local = localPort(answer)
    expect(await answerOf(local, 'hello').catch(() => '')).toBe('')
    await expect.poll(() => faults.join()).toContain('port 9999 of pod "web" takes no connection')
    await forwards.close()
  })

  it('opens none where one is taken', async () => {
    await runWeb()
    const { port } = echo.address() as AddressInfo
    const { answer } = await tools.write(k8sPortForward, {
      resource_name: 'web',
      ports: `0:8080,${port}:8080`,
      namespace,
    })
    expect(answer).toMatchObject({ error: true, outcome: 'failed', code: 'Conflict' })
    expect(answer.output).toContain(`local port ${port} cannot be opened: it is taken`)
  })
})

test('a server over stdio holds the ports as long as its host is there', { timeout: 60_000 }, async () => {
  await runWeb()
  const host = startStdioHost(cluster.kubeconfig, { MCP_MODE: 'confirm' })
  await host.initialize({ elicitation: {} })
  const args = { resource_name: 'web', ports: '0:8080', namespace }
  host.send({ id: 2, method: 'tools/call', params: { name: 'k8s_port_forward', arguments: args } })
  const confirmation = await host.next()
  expect(confirmation.params?.message).toContain(`Connect to Pod ${namespace}/web`)
  host.send({ id: confirmation.id, result: { action: 'accept', content: { confirm: true } } })
  const local = localPort(toolAnswer.parse((await host.next()).result?.structuredContent))
  expect(await answerOf(local, 'hello')).toBe('hello')
  expect(await host.end()).toBe(0)
  expect(await once(connect(local, '127.0.0.1'), 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
})

describe('over HTTP', () => {
  it('only finds out whether the ports answer, and needs a grant for it', async () => {
    await runWeb()
    const args = { resource_name: 'web', ports: '8080,9999', namespace }
    expect(await mcp.call('k8s_port_forward', args)).toMatchObject({ data: { grant_error: 'missing' } })
    const preview = await mcp.preview('k8s_port_forward', args)
    const grant = mcp.engine.grant({ tool: 'k8s_port_forward', args, preview })
    const result = await mcp.call('k8s_port_forward', args, { [metaKeys.grant]: grant })
    expect(result).toMatchObject({
      error: false,
      outcome: 'succeeded',
      data: {
        ports: [
          { port: 8080, state: 'reachable' },
          { port: 9999, state: 'refused' },
        ],
      },
    })
    expect(result.output).toMatch(/forwarding is offered only locally/)
    expect(await mcp.verify('k8s_port_forward', args, preview)).toMatchObject({
      verification: { verdict: 'unreadable' },
    })
  })
})

describe('a Service and a Deployment', () => {
  it('lead to a ready pod and to its own port', async () => {
    await runWeb()
    const { effect } = await tools.preview(k8sPortForward, {
      resource_name: 'web',
      resource_type: 'service',
      ports: '1:80,2:81',
    })
    expect(effect.objects).toMatchObject([
      { kind: 'Pod', name: 'web', changes: [{ path: '/ports', after: ['1:8080', '2:8080'] }] },
    ])
    expect(await tools.refusal(k8sPortForward, { resource_name: 'web', resource_type: 'service', ports: '82' })).toBe(
      `InvalidArgument: service "web" in namespace ${namespace} has no port 82. Its ports: 80, 81.`,
    )
  })

  it('without a ready pod lead nowhere', async () => {
    await create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'none' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'none' } },
        template: { metadata: { labels: { app: 'none' } }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
      },
    })
    expect(
      await tools.refusal(k8sPortForward, { resource_name: 'none', resource_type: 'deployment', ports: '80' }),
    ).toMatch(/^Unavailable: deployment\.apps "none" in namespace .* has no ready pod \(0 pods in all\)/)
  })
})

test.each([
  ['0', 'p'],
  ['70000', 'p'],
  ['80:', 'p'],
  ['80-90', 'p'],
  ['1,2,3,4,5,6', 'has 6 ports'],
  ['80:1,80:2', 'opens one local port twice'],
  ['--all', "must not begin with '-'"],
  ['8 0', 'contains a space'],
])('ports %j are refused', async (ports, part) => {
  const sentence = await tools.refusal(k8sPortForward, { resource_name: 'web', ports })
  expect(sentence).toMatch(/^InvalidArgument: ports /)
  expect(sentence).toContain(part)
})
