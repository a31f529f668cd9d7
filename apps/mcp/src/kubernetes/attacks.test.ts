import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool-meta'
import type { ApiServer } from '@fairlead/testing/api-server'
import { sharedApiServer } from '@fairlead/testing/shared-servers'
import { untilLogged } from '@fairlead/testing/until-logged'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../mcp-server.fixture.ts'
import { clusterState } from './cluster-state.fixture.ts'
import { hostileStrings, unknownProperties, wrongTypes } from './hostile-values.fixture.ts'

const owned = new AsyncDisposableStack()
const user = `attacker-${randomBytes(4).toString('hex')}`
const node = `node-${randomBytes(4).toString('hex')}`
let api: ApiServer
let mcp: TestMcp
/** Where the good arguments lead. */
let namespace: string
/** Where no call may lead. */
let victim: { namespace: string; name: string }

type Property = { type?: string; anyOf?: { type: string }[] }
type Tool = {
  name: string
  annotations: { readOnlyHint: boolean }
  inputSchema: { properties: Record<string, Property> }
}
type Case = { tool: Tool; args: Args; parameter: string; value: unknown; answer?: ToolAnswer }

const configMap = (name: string, data: Record<string, string> = { color: 'blue' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

/** Arguments of each tool that break no rule and name what is there, or nothing. */
function goodArguments(): Record<string, Args> {
  const web = { name: 'web', resource_type: 'deployment', namespace }
  const pod = { pod_name: 'web', namespace }
  return {
    k8s_get: { resource_type: 'configmaps', name: 'settings', namespace },
    k8s_describe: { resource_type: 'configmap', name: 'settings', namespace },
    k8s_logs: pod,
    k8s_events: { namespace },
    k8s_api_resources: {},
    k8s_explain: { resource_type: 'configmap' },
    k8s_can_i: { verb: 'get', resource_type: 'pods', namespace },
    k8s_whoami: {},
    k8s_cluster_info: {},
    k8s_top_pods: { namespace },
    k8s_top_nodes: { node_name: node },
    k8s_diff: { content: JSON.stringify(configMap('settings', { color: 'red' })), namespace },
    wait_for_x_seconds: { seconds: 0 },
    k8s_rollout_status: { ...web, timeout_seconds: 1 },
    k8s_rollout_history: web,
    k8s_rollout_undo: web,
    k8s_rollout_restart: web,
    k8s_scale: { ...web, replicas: 0 },
    k8s_patch: { ...web, patch: '{"metadata":{"labels":{"tier":"front"}}}' },
    k8s_set_image: { resource_name: 'web', resource_type: 'deployment', container_images: 'app=web:2', namespace },
    k8s_apply: { content: JSON.stringify(configMap('applied')), namespace },
    k8s_delete: { resource_type: 'configmap', name: 'old', namespace, timeout_seconds: 1 },
    k8s_revert: { changes: '[]' },
    k8s_cordon: { node_name: node },
    k8s_uncordon: { node_name: node },
    k8s_drain: { node_name: node, timeout_seconds: 1 },
    k8s_exec: { ...pod, command: 'ls', timeout_seconds: 1 },
    k8s_run_pod: { name: 'runner', image: 'busybox:1', namespace, timeout_seconds: 1 },
    k8s_port_forward: { resource_name: 'web', resource_type: 'deployment', ports: '8080', namespace },
  }
}

beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('attack')
  victim = { namespace: await api.newNamespace('victim'), name: 'settings' }
  const make = async (path: string, body: unknown) => expect((await api.request('POST', path, body)).status).toBe(201)
  for (const place of [namespace, victim.namespace]) {
    const labels = { app: 'web' }
    await make(`/api/v1/namespaces/${place}/configmaps`, configMap('settings'))
    await make(`/apis/apps/v1/namespaces/${place}/deployments`, {
      metadata: { name: 'web' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
      },
    })
  }
  // It is drained, so nobody's pods may come to it.
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  await make('/api/v1/nodes', { metadata: { name: node }, spec: { taints } })
  owned.defer(async () => void (await api.request('DELETE', `/api/v1/nodes/${node}`)))
  mcp = await startTestMcp(await api.user(user, ['system:masters']), { env: { MCP_DEFAULT_NAMESPACE: namespace } })
  owned.defer(() => mcp.close())
})
afterAll(() => owned.disposeAsync())

/** A read is called; a write is previewed and, should the server have found nothing wrong, approved and run. */
async function attack({ tool, args }: Case): Promise<ToolAnswer> {
  if (tool.annotations.readOnlyHint) return mcp.call(tool.name, args)
  const preview = await mcp.preview(tool.name, args)
  if (preview.error) return preview
  return mcp.call(tool.name, args, { [metaKeys.grant]: mcp.engine.grant({ tool: tool.name, args, preview }) })
}

test('no value of any parameter of any tool leads to another object, and every one gets a sentence', async () => {
  const { body } = await mcp.rpc('tools/list')
  const tools = body.result?.tools as Tool[]
  const good = goodArguments()
  expect(Object.keys(good).sort()).toEqual(tools.map(({ name }) => name).sort())
  const before = { victim: await clusterState(api, victim.namespace), own: await clusterState(api, namespace) }

  const hostile = hostileStrings(victim)
  const cases = tools.flatMap((tool) => {
    const args = good[tool.name] ?? {}
    const typeOf = ({ type, anyOf }: Property) => type ?? anyOf?.[0]?.type
    const properties = Object.entries(tool.inputSchema.properties)
    const texts = properties.filter(([, property]) => typeOf(property) === 'string')
    const lists = properties.filter(([, property]) => typeOf(property) === 'array')
    const changed = (parameter: string, values: readonly unknown[]): Case[] =>
      values.map((value) => ({ tool, parameter, value, args: { ...args, [parameter]: value } }))
    return [
      ...texts.flatMap(([parameter]) => changed(parameter, [...hostile, ...wrongTypes])),
      ...texts.flatMap(([parameter]) => changed(parameter, ['a'.repeat(1_048_577)])),
      // The words of a command: they stand in place of the command.
      ...lists.flatMap(([parameter]) =>
        changed(parameter, [...hostile.map((value) => [value]), ...wrongTypes]).map((each) => ({
          ...each,
          args: { ...each.args, command: '' },
        })),
      ),
      ...unknownProperties.flatMap((parameter) => changed(parameter, ['a'])),
    ]
  })
  const waiting = [...cases]
  const attackNext = async (): Promise<void> => {
    const next = waiting.pop()
    if (next === undefined) return
    next.answer = await attack(next)
    return attackNext()
  }
  await Promise.all(Array.from({ length: 6 }, attackNext))

  const unclear = cases.filter(({ answer }) => answer?.code === 'Internal' || (answer?.error && !isSentence(answer)))
  expect(unclear.map(shown)).toEqual([])
  const unrefused = cases.filter(({ parameter, answer }) => unknownProperties.includes(parameter) && !answer?.error)
  expect(unrefused.map(shown)).toEqual([])

  const requests = await requestsOf(user)
  expect(requests.length).toBeGreaterThan(0)
  const strayed = requests.filter(({ objectRef, requestURI }) => {
    const { namespace: place, name } = objectRef ?? {}
    return (
      place === victim.namespace ||
      name === victim.namespace ||
      (requestURI.split('?')[0] ?? '').includes(victim.namespace)
    )
  })
  expect(strayed).toEqual([])
  // What changes something names the call that was approved; what only tries it says so.
  const writes = requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
  const unnamed = writes.filter(({ requestURI, userAgent, objectRef }) => {
    if (objectRef?.resource?.endsWith('reviews')) return false
    return !(isTried(requestURI) ? / preview$/ : / call\/call_[0-9a-f]{12}$/).test(userAgent)
  })
  expect(unnamed).toEqual([])
  const done = writes.filter(
    ({ requestURI, objectRef }) => !isTried(requestURI) && !objectRef?.resource?.endsWith('reviews'),
  )
  const objects = done.map(({ objectRef: { namespace: place, resource, name } = {} }) => [place ?? '', resource, name])
  // What a name says may be written under it, here.
  const names = ['web', 'settings', 'old', 'applied', 'runner', ...hostile.map((value) => value.trim())]
  const others = objects.filter(
    ([place, , name = '']) => !(place === namespace ? names.includes(name) : place === '' && name === node),
  )
  expect(others).toEqual([])
  const after = { victim: await clusterState(api, victim.namespace), own: await clusterState(api, namespace) }
  expect(after.victim).toEqual(before.victim)
  expect(after.own['ConfigMap settings']).toEqual(before.own['ConfigMap settings'])
  const refused = cases.filter(({ answer }) => answer?.error).length
  process.stdout.write(`${cases.length} attacks, ${refused} refused, ${requests.length} requests to the API server\n`)
  expect(cases.length).toBeGreaterThan(2_000)
}, 240_000)

const isTried = (requestURI: string) => requestURI.includes('dryRun=All')
const isSentence = ({ output, code }: ToolAnswer) => output.startsWith(`${code}: `) && !/\n\s+at /.test(output)

function shown({ tool, parameter, value, answer }: Case): string {
  return `${tool.name} ${parameter}=${JSON.stringify(value)?.slice(0, 60)}: ${answer?.output.slice(0, 200)}`
}

type AuditLine = {
  stage: string
  verb: string
  requestURI: string
  userAgent: string
  user: { username: string }
  objectRef?: { namespace?: string; name?: string; resource?: string }
}

/** All that the API server was asked by that user. */
async function requestsOf(username: string): Promise<AuditLine[]> {
  await untilLogged(api)
  return readFileSync(api.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(username))
    .map((line): AuditLine => JSON.parse(line))
    .filter(({ stage, user: { username: name } }) => stage === 'ResponseComplete' && name === username)
}
