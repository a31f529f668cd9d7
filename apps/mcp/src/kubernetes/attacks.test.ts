import { randomBytes, randomInt } from 'node:crypto'
import { metaKeys, type ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { linesWith } from '@fairlead/testing/cluster/lines-with'
import { untilLogged } from '@fairlead/testing/cluster/until-logged'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Args, startTestMcp, type TestMcp } from '../fixtures/mcp-server.fixture.ts'
import { clusterState } from './fixtures/cluster-state.fixture.ts'
import { hostileDocuments } from './fixtures/hostile-documents.fixture.ts'
import { hostileParts, hostileStrings, unknownProperties, wrongTypes } from './fixtures/hostile-values.fixture.ts'
import { type NamedObject, namedObjects } from './fixtures/named-objects.fixture.ts'
import { containers, makePod } from './fixtures/simulated-pod.fixture.ts'
import { untilObserved } from './fixtures/workloads.fixture.ts'

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
type Attack = { tool: Tool; args: Args; parameter: string; value: unknown; names: NamedObject[] }
/** An attack is made as a user of its own, whom the API server then names beside each request that came of it. */
type Case = Attack & { id: string; answer?: ToolAnswer }

const configMap = (name: string, data: Record<string, string> = { color: 'blue' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

/** Arguments of each tool that break no rule and name what is there, in an order in which each finds something to do. */
function goodArguments(): Record<string, Args> {
  const web = { name: 'web', resource_type: 'deployment', namespace }
  const pod = { pod_name: 'bare', namespace }
  const reversion = {
    ref: { cluster: 'default', apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'reverted' },
    patch: [{ op: 'add', path: '/data/color', value: 'red' }],
  }
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
    k8s_rollout_restart: web,
    k8s_scale: { ...web, replicas: 0 },
    k8s_patch: { ...web, patch: '{"metadata":{"labels":{"tier":"front"}}}' },
    k8s_set_image: { resource_name: 'web', resource_type: 'deployment', container_images: 'app=web:2', namespace },
    k8s_rollout_undo: web,
    k8s_apply: { content: JSON.stringify(configMap('applied')), namespace },
    k8s_delete: { resource_type: 'configmap', name: 'old', namespace, timeout_seconds: 1 },
    k8s_revert: { changes: JSON.stringify([reversion]) },
    k8s_cordon: { node_name: node },
    k8s_uncordon: { node_name: node },
    k8s_drain: { node_name: node, timeout_seconds: 1 },
    k8s_exec: { ...pod, command: 'ls', timeout_seconds: 1 },
    k8s_run_pod: { name: 'runner', image: 'busybox:1', namespace, timeout_seconds: 1 },
    k8s_port_forward: { resource_name: 'bare', resource_type: 'pod', ports: '8080', namespace },
  }
}

beforeAll(async () => {
  api = await sharedApiServer()
  namespace = await api.newNamespace('attack')
  victim = { namespace: await api.newNamespace('victim'), name: 'settings' }
  const make = async (path: string, body: unknown) => expect((await api.request('POST', path, body)).status).toBe(201)
  for (const place of [namespace, victim.namespace]) {
    const labels = { app: 'web' }
    for (const name of ['settings', 'old', 'reverted'])
      await make(`/api/v1/namespaces/${place}/configmaps`, configMap(name))
    await makePod(api, place, { metadata: { name: 'bare' }, spec: { containers: containers('app') } })
    await make(`/apis/apps/v1/namespaces/${place}/deployments`, {
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'web:1' }] } },
      },
    })
  }
  // It is drained, so nobody's pods may come to it.
  const taints = [{ key: 'fairlead.dev/test', effect: 'NoExecute' }]
  await make('/api/v1/nodes', { metadata: { name: node }, spec: { taints } })
  owned.defer(async () => void (await api.request('DELETE', `/api/v1/nodes/${node}`)))
  mcp = await startTestMcp(await api.user(user, ['system:masters']), {
    env: { MCP_DEFAULT_NAMESPACE: namespace, MCP_IDENTITY: 'impersonate' },
  })
  owned.defer(() => mcp.close())
})
afterAll(() => owned.disposeAsync())

/** A read is called; a write is previewed and, should the server have found nothing wrong, approved and run. */
async function attack({ tool, args, id }: Case): Promise<ToolAnswer> {
  const act = { sub: userOf(id), groups: ['system:masters'] }
  const as = { [metaKeys.identity]: mcp.engine.identity(act.sub, act.groups) }
  if (tool.annotations.readOnlyHint) return mcp.call(tool.name, args, as)
  const preview = await mcp.preview(tool.name, args, as)
  if (preview.error) return preview
  const claims = { call_id: callOf(id), act }
  const grant = mcp.engine.grant({ tool: tool.name, args, preview }, { claims })
  return mcp.call(tool.name, args, { ...as, [metaKeys.grant]: grant })
}

const userOf = (id: string) => `${user}-${id}`
const callOf = (id: string) => `call_${id}`

/** A third of the attacks in the short run, another one each time; all of them in the full one. */
const isFull = process.env.FAIRLEAD_FULL === '1'
const seed = Number(process.env.FAIRLEAD_SEED ?? randomInt(2 ** 31))

/** Nothing is run in the pods of the sandbox, nor do ports lead into them. */
const intoPods = ['k8s_exec', 'k8s_port_forward']

/** Each tool with arguments that it has no fault to find in. */
function harmlessCalls(tools: readonly Tool[]): Attack[] {
  const good = Object.entries(goodArguments())
  expect(good.map(([name]) => name).sort()).toEqual(tools.map(({ name }) => name).sort())
  return good.map(([name, args]) => {
    const names = namedObjects(name, args, namespace)
    return { tool: toolOf(tools, name), parameter: '', value: undefined, args, names }
  })
}

function toolOf(tools: readonly Tool[], wanted: string): Tool {
  const tool = tools.find(({ name }) => name === wanted)
  if (tool === undefined) throw new Error(`there is no tool ${wanted}`)
  return tool
}

/** Each parameter of each tool with each hostile value, and each document with one in each of its places. */
function allAttacks(tools: readonly Tool[]): Attack[] {
  const good = goodArguments()
  const hostile = hostileStrings(victim)
  const values = tools.flatMap((tool) => {
    const typeOf = ({ type, anyOf }: Property) => type ?? anyOf?.[0]?.type
    const properties = Object.entries(tool.inputSchema.properties)
    const texts = properties.filter(([, property]) => typeOf(property) === 'string')
    const lists = properties.filter(([, property]) => typeOf(property) === 'array')
    const changed = (parameter: string, each: readonly unknown[], others: Args = {}): Attack[] =>
      each.map((value) => {
        const args = { ...good[tool.name], ...others, [parameter]: value }
        return { tool, parameter, value, args, names: namedObjects(tool.name, args, namespace) }
      })
    return [
      ...texts.flatMap(([parameter]) => changed(parameter, [...hostile, ...wrongTypes])),
      ...texts.flatMap(([parameter]) => changed(parameter, ['a'.repeat(1_048_577)])),
      ...texts.flatMap(([parameter]) => changed(parameter, hostile.flatMap(hostileParts[parameter] ?? (() => [])))),
      // The words of a command: they stand in place of the command.
      ...lists.flatMap(([parameter]) =>
        changed(parameter, [...hostile.map((value) => [value]), ...wrongTypes], { command: '' }),
      ),
      ...unknownProperties.flatMap((parameter) => changed(parameter, ['a'])),
    ]
  })
  const documents = hostileDocuments({ namespace, victim, hostile }).map(
    ({ tool, ...document }): Attack => ({ ...document, tool: toolOf(tools, tool) }),
  )
  return [...values, ...documents]
}

test('no value of any parameter of any tool leads to another object, and every one gets a sentence', async () => {
  const { body } = await mcp.rpc('tools/list')
  const tools = body.result?.tools as Tool[]
  const before = { victim: await clusterState(api, victim.namespace), own: await clusterState(api, namespace) }

  const numbered = (all: readonly Attack[], kind: string): Case[] =>
    all.map((each, index) => ({ ...each, id: kind + index.toString(16).padStart(11, '0') }))
  // Without an attack each tool does what it is told, and the judge sees it.
  const harmless = numbered(harmlessCalls(tools), 'a')
  for (const each of harmless) {
    // A revision that its controller makes between a preview and its grant would make a rollback stale.
    await untilObserved(api, namespace, 'Deployment', 'web')
    each.answer = await attack(each)
  }
  const able = harmless.filter(({ tool: { name } }) => !isOnSandbox() || !intoPods.includes(name))
  const failed = able.filter(({ answer }) => answer?.error && answer.code !== 'NotInstalled')
  expect(failed.map(shown)).toEqual([])

  const cases = numbered(allAttacks(tools), 'b').filter((_, index) => isFull || index % 3 === seed % 3)
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
  const strayed = requests.filter(({ objectRef, requestURI }) => {
    const { namespace: place, name } = objectRef ?? {}
    return (
      place === victim.namespace ||
      name === victim.namespace ||
      (requestURI.split('?')[0] ?? '').includes(victim.namespace)
    )
  })
  expect(strayed).toEqual([])
  const byUser = new Map([...harmless, ...cases].map((each) => [userOf(each.id), each]))
  const touches = requests
    .filter(isTouch)
    .map((line) => ({ line, by: byUser.get(line.impersonatedUser?.username ?? ''), isTried: isTried(line.requestURI) }))
  expect(touches.flatMap(({ line, by }) => faultOf(line, by))).toEqual([])
  const idle = able.filter((each) => {
    return !each.tool.annotations.readOnlyHint && !touches.some(({ by, isTried }) => by === each && !isTried)
  })
  expect(idle.map(shown)).toEqual([])

  const after = { victim: await clusterState(api, victim.namespace), own: await clusterState(api, namespace) }
  expect(after.victim).toEqual(before.victim)
  expect(after.own['ConfigMap settings']).toEqual(before.own['ConfigMap settings'])
  const refused = cases.filter(({ answer }) => answer?.error).length
  process.stdout.write(
    `FAIRLEAD_SEED=${seed}: ${cases.length} attacks, ${refused} refused, ${requests.length} requests to the API server, ${touches.length} that touch an object\n`,
  )
  expect(cases.length).toBeGreaterThan(2_000)
}, 240_000)

/** What is wrong with a request that touches an object, where something is. */
function faultOf(line: AuditLine, by: Case | undefined): string[] {
  const { verb, requestURI, userAgent, objectRef = {}, responseStatus } = line
  const { resource, namespace: place, name, subresource } = objectRef
  const touched = `${verb} ${[place, resource, name, subresource].filter(Boolean).join('/')}`
  if (by === undefined) return [`${touched} by no call (${userAgent})`]
  // What the server could not read, and refused, has no name in its log.
  const isUnread = verb === 'create' && name === undefined && responseStatus.code >= 400
  const isNamed = by.names.some(
    (each) =>
      each.resource === resource &&
      each.namespace === place &&
      each.subresource === subresource &&
      (each.name === name || isUnread),
  )
  const mark = isTried(requestURI) ? 'preview' : `call/${callOf(by.id)}`
  if (isNamed && userAgent.endsWith(` ${mark}`)) return []
  return [`${touched} (${userAgent}) by ${shown(by)}`]
}

/** Questions about rights are posted too, and streams into pods are opened by a GET. */
const isTouch = ({ verb, objectRef }: AuditLine) =>
  ['exec', 'attach', 'portforward', 'proxy'].includes(objectRef?.subresource ?? '') ||
  (!['get', 'list', 'watch'].includes(verb) && !objectRef?.resource?.endsWith('reviews'))
const isTried = (requestURI: string) => requestURI.includes('dryRun=All')
/** Of several things, those that fail are told behind the others, and have no code in common. */
const isSentence = ({ output, code }: ToolAnswer) =>
  (code === undefined ? /^[A-Z]\w+: /m.test(output) : output.startsWith(`${code}: `)) && !/\n\s+at /.test(output)

function shown({ tool, parameter, value, answer }: Case): string {
  return `${tool.name} ${parameter}=${JSON.stringify(value)?.slice(0, 60)}: ${answer?.output.slice(0, 200)}`
}

type AuditLine = {
  stage: string
  verb: string
  requestURI: string
  userAgent: string
  responseStatus: { code: number }
  user: { username: string }
  impersonatedUser?: { username: string }
  objectRef?: { namespace?: string; name?: string; resource?: string; subresource?: string }
}

/** All that the API server was asked by that user. */
async function requestsOf(username: string): Promise<AuditLine[]> {
  await untilLogged(api)
  return linesWith(api.auditLog, username)
    .map((line): AuditLine => JSON.parse(line))
    .filter(({ stage, user: { username: name } }) => stage === 'ResponseComplete' && name === username)
}
