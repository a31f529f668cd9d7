import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  askToConfirm,
  createTestEngine,
  grantsGrowOld,
  startTestMcp,
  type TestEngine,
  type TestMcp,
} from '../fixtures/mcp-server.fixture.ts'
import { envelope, modernHeaders } from '../fixtures/post-message.fixture.ts'
import { type Seen, startRecordingProxy } from '../fixtures/recording-proxy.fixture.ts'

let cluster: ApiServer
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>
let mcp: TestMcp
let engine: TestEngine
let namespace: string

beforeAll(async () => {
  cluster = await sharedApiServer()
  namespace = await cluster.newNamespace('gate')
  proxy = await startRecordingProxy(cluster)
  engine = await createTestEngine()
  mcp = await startTestMcp(proxy.kubeconfig, { engine, writeTimeoutMs: 1_500 })
})
afterAll(async () => {
  await mcp?.close()
  await proxy?.close()
  await engine?.remove()
})
beforeEach(() => {
  proxy.interfere(() => undefined)
  proxy.seen.length = 0
})

const path = (name: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
async function deploy(name: string, replicas = 3, image = 'nginx:1.27') {
  const answer = await cluster.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } },
    },
  })
  expect(answer.status).toBe(201)
  await statusAtRest(name)
}
/** Until its controller has written down how it stands, its status moves, and a write may rightly need a second try. */
async function statusAtRest(name: string) {
  // Without nodes no pod is ever available, and no controller need be there.
  if (!cluster.hasNodes) return
  const isAtRest = async () => {
    const { metadata, spec, status } = await read(name)
    return status.observedGeneration === metadata.generation && status.availableReplicas === spec.replicas
  }
  await expect.poll(isAtRest, { timeout: 20_000 }).toBe(true)
}
const patch = (name: string, body: unknown, subresource = '') =>
  cluster.request('PATCH', `${path(name)}${subresource}`, body, 'application/merge-patch+json')
type Deployment = {
  metadata: { generation: number }
  spec: { replicas: number }
  status: { observedGeneration?: number; availableReplicas?: number }
}
const read = async (name: string) => (await cluster.request('GET', path(name))).body as Deployment
const replicasOf = async (name: string) => (await read(name)).spec.replicas
/** Counts the changes of what is wanted of it, whoever makes them; those of its status do not count. */
const generationOf = async (name: string) => (await read(name)).metadata.generation
const scale = (name: string, replicas = 5) => ({ name, resource_type: 'deployment', replicas, namespace })
const approved = async (args: ReturnType<typeof scale>, changes?: Parameters<TestEngine['grant']>[1]) => {
  const preview = await mcp.preview('k8s_scale', args)
  expect(preview.error, preview.output).toBe(false)
  return { preview, meta: { [metaKeys.grant]: engine.grant({ tool: 'k8s_scale', args, preview }, changes) } }
}

describe('a write whose grant does not permit it is refused, and nothing is contacted', () => {
  const seconds = () => Math.floor(Date.now() / 1000)
  const args = { name: 'any', resource_type: 'deployment', replicas: 5, namespace: 'any' }
  const shown = {
    output: '',
    error: false,
    effect_digest: 'a'.repeat(64),
    effect: { summary: '', risk: 'low', reasons: [], basis: 'server', objects: [], generated: [], pins: {} },
  } as const
  const granted = (changes?: Parameters<TestEngine['grant']>[1]) =>
    engine.grant(
      {
        tool: 'k8s_scale',
        args,
        preview: { ...shown, effect: { ...shown.effect, reasons: [], objects: [], generated: [] } },
      },
      changes,
    )
  const flipped = (token: string) => {
    const [head, body, signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes[0] = (bytes[0] ?? 0) ^ 1
    return `${head}.${body}.${bytes.toString('base64url')}`
  }
  const cases: [
    name: string,
    grantError: string,
    meta: () => Record<string, unknown>,
    args?: Record<string, unknown>,
  ][] = [
    ['no grant', 'missing', () => ({})],
    ['a flipped byte in the signature', 'bad_signature', () => ({ [metaKeys.grant]: flipped(granted()) })],
    ['alg none', 'malformed', () => ({ [metaKeys.grant]: granted({ header: { alg: 'none' } }) })],
    ['alg HS256', 'malformed', () => ({ [metaKeys.grant]: granted({ header: { alg: 'HS256' } }) })],
    ['no JWS', 'malformed', () => ({ [metaKeys.grant]: 'yes please' })],
    ['a list', 'malformed', () => ({ [metaKeys.grant]: [] })],
    ['a claim less', 'malformed', () => ({ [metaKeys.grant]: granted({ claims: { act: undefined } }) })],
    ['a jti of other form', 'malformed', () => ({ [metaKeys.grant]: granted({ claims: { jti: 'A' } }) })],
    ['an unknown kid', 'unknown_key', () => ({ [metaKeys.grant]: granted({ header: { kid: 'k2' } }) })],
    ['another audience', 'wrong_audience', () => ({ [metaKeys.grant]: granted({ claims: { aud: 'other' } }) })],
    [
      'expired 31 s ago',
      'expired',
      () => ({ [metaKeys.grant]: granted({ claims: { iat: seconds() - 91, exp: seconds() - 31 } }) }),
    ],
    [
      'a life of 61 s',
      'malformed',
      () => ({ [metaKeys.grant]: granted({ claims: { exp: seconds() + 61, iat: seconds() } }) }),
    ],
    [
      'issued 40 s ahead',
      'not_yet',
      () => ({ [metaKeys.grant]: granted({ claims: { iat: seconds() + 40, exp: seconds() + 100 } }) }),
    ],
    [
      'issued before the start',
      'before_start',
      () => ({ [metaKeys.grant]: granted({ claims: { iat: seconds() - 59, exp: seconds() + 1 } }) }),
    ],
    ['another tool', 'wrong_tool', () => ({ [metaKeys.grant]: granted({ claims: { tool: 'k8s_delete' } }) })],
    ['an argument changed', 'wrong_arguments', () => ({ [metaKeys.grant]: granted() }), { ...args, replicas: 6 }],
    ['an argument added', 'wrong_arguments', () => ({ [metaKeys.grant]: granted() }), { ...args, dry_run: false }],
    [
      'another user',
      'wrong_identity',
      () => ({ [metaKeys.grant]: granted(), [metaKeys.identity]: engine.identity('eve@example.com', ['sre']) }),
    ],
    [
      'other groups',
      'wrong_identity',
      () => ({ [metaKeys.grant]: granted(), [metaKeys.identity]: engine.identity('ada@example.com', []) }),
    ],
  ]
  test.each(cases)('%s: %s', async (_, grantError, meta, changed = args) => {
    const answer = await mcp.call('k8s_scale', changed, meta())
    expect(answer).toMatchObject({ error: true, code: 'Refused', data: { grant_error: grantError }, outcome: 'failed' })
    expect(proxy.seen).toEqual([])
  })

  test.each([
    ['k8s_apply', { content: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}' }],
    ['k8s_delete', { name: 'a', resource_type: 'configmap' }],
    ['k8s_revert', { changes: '[]' }],
  ])('%s without a grant', async (tool, toolArgs) => {
    const answer = await mcp.call(tool, toolArgs)
    expect(answer.code === 'Refused' ? answer.data : answer).toMatchObject({ grant_error: 'missing' })
    expect(proxy.seen).toEqual([])
  })
})

test('a grant for another effect is stale, and the answer holds the present one', async () => {
  await deploy('other-effect')
  const preview = await mcp.preview('k8s_scale', scale('other-effect'))
  const digest = preview.effect_digest ?? ''
  const effect_digest = digest.slice(0, -1) + (digest.endsWith('0') ? '1' : '0')
  const { meta } = await approved(scale('other-effect'), { claims: { effect_digest } })
  const answer = await mcp.call('k8s_scale', scale('other-effect'), meta)
  expect(answer).toMatchObject({ code: 'Stale', outcome: 'stale', effect_digest: digest, tries: 1 })
  expect(answer.effect).toEqual(preview.effect)
  expect(proxy.writes()).toEqual([])
})

test('a grant used twice at once and again later writes once', async () => {
  await deploy('twice')
  const { meta } = await approved(scale('twice'))
  const call = () => mcp.call('k8s_scale', scale('twice'), meta)
  const answers = [...(await Promise.all([call(), call()])), await call()]
  expect(answers.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  expect(answers.filter(({ data }) => data?.grant_error === 'used')).toHaveLength(2)
  expect(proxy.writes()).toHaveLength(1)
})

test('what was approved has changed meanwhile: stale, nothing written', async () => {
  await deploy('moved')
  const { meta } = await approved(scale('moved'))
  await patch('moved', { spec: { replicas: 4 } })
  const answer = await mcp.call('k8s_scale', scale('moved'), meta)
  expect(answer).toMatchObject({
    code: 'Stale',
    outcome: 'stale',
    effect: { summary: `Scale moved 4 → 5 in ${namespace}` },
  })
  expect(await replicasOf('moved')).toBe(4)
})

test('an object that is gone, or made again under its name, is not the approved one: stale', async () => {
  const remove = async () => {
    await cluster.request('DELETE', path('reborn'))
    await expect.poll(async () => (await cluster.request('GET', path('reborn'))).status, { timeout: 10_000 }).toBe(404)
  }
  await deploy('reborn')
  const [first, second] = [await approved(scale('reborn')), await approved(scale('reborn'))]
  await remove()
  expect(await mcp.call('k8s_scale', scale('reborn'), first.meta)).toMatchObject({ code: 'Stale', outcome: 'stale' })
  await deploy('reborn')
  expect(await mcp.call('k8s_scale', scale('reborn'), second.meta)).toMatchObject({ code: 'Stale', outcome: 'stale' })
  expect(await replicasOf('reborn')).toBe(3)
})

test('a status that moves under a write costs a try each time, never the write', { timeout: 120_000 }, async () => {
  // A second try of this test must not find the Deployment of the first.
  const name = `churning-${randomUUID()}`
  await deploy(name, 2, 'nginx:1.26')
  const seed = Number(process.hrtime.bigint() % 1_000_000n)
  const runs = process.env.FAIRLEAD_FULL === '1' ? 50 : 15
  const answers = []
  for (let run = 0; run < runs; run++) {
    const moves = (seed + run * 7) % 5
    let left = moves
    const args = scale(name, run % 2 === 0 ? 3 : 2)
    // What its controller moves for the scaling before would come on top, and could use up the tries.
    await statusAtRest(name)
    const { meta } = await approved(args)
    proxy.interfere(async ({ userAgent }) => {
      if (!userAgent.includes(' call/') || left === 0) return
      const condition = { type: 'Churn', status: 'True', message: `${run} ${left--}` }
      await patch(name, { status: { conditions: [condition] } }, '/status')
    })
    const before = await generationOf(name)
    const { outcome, tries = 0 } = await mcp.call('k8s_scale', args, meta)
    const effective = (await generationOf(name)) - before
    answers.push({ run, outcome, left, isTried: tries > moves && tries <= 6, effective })
  }
  const one = { outcome: 'succeeded', left: 0, isTried: true, effective: 1 }
  const all = Array.from({ length: runs }, (_, run) => ({ run, ...one }))
  expect(answers, `seed ${seed}`).toEqual(all)
})

test('a call that is cut before its last byte is none, and its grant is still good', async () => {
  await deploy('half-sent')
  const { meta } = await approved(scale('half-sent'))
  proxy.seen.length = 0
  const params = { name: 'k8s_scale', arguments: scale('half-sent'), _meta: { ...envelope, ...meta } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const { hostname, port, host } = new URL(mcp.url ?? '')
  const head = [
    'POST /mcp HTTP/1.1',
    `host: ${host}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
    ...Object.entries(modernHeaders('tools/call', 'k8s_scale')).map((header) => header.join(': ')),
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  const socket = connect(Number(port), hostname)
  socket.end(`${head.join('\r\n')}\r\n\r\n${body.slice(0, -1)}`)
  await once(socket.resume(), 'close')
  expect(proxy.seen).toEqual([])
  expect(await mcp.call('k8s_scale', scale('half-sent'), meta)).toMatchObject({ outcome: 'succeeded' })
  expect(proxy.writes()).toHaveLength(1)
})

test('an answer that never comes leaves the outcome unknown, and one request sent', async () => {
  await deploy('held')
  const { meta } = await approved(scale('held'))
  proxy.interfere(({ userAgent }, { hold }) => (userAgent.includes(' call/') ? hold() : undefined))
  const answer = await mcp.call('k8s_scale', scale('held'), meta)
  expect(answer).toMatchObject({ code: 'Unknown', outcome: 'unknown', objects: [{ outcome: 'unknown' }] })
  expect(proxy.writes()).toHaveLength(1)
})

test('an answer that is cut off leaves the outcome unknown, and the write done once', async () => {
  await deploy('cut')
  const { preview, meta } = await approved(scale('cut'))
  proxy.interfere(({ userAgent }, { passOnThenCut }) => (userAgent.includes(' call/') ? passOnThenCut() : undefined))
  const answer = await mcp.call('k8s_scale', scale('cut'), meta)
  expect(answer).toMatchObject({ code: 'Unknown', outcome: 'unknown' })
  expect(proxy.writes()).toHaveLength(1)
  const { verification } = await mcp.verify('k8s_scale', scale('cut'), preview)
  expect(verification?.objects).toMatchObject([{ at: 'after' }])
})

test('a conflict each time ends after six requests', async () => {
  await deploy('contested')
  const { meta } = await approved(scale('contested'))
  proxy.interfere(({ userAgent }, { answer }) => {
    if (userAgent.includes(' call/'))
      answer(409, { kind: 'Status', reason: 'Conflict', message: 'the object has been modified', code: 409 })
  })
  const answer = await mcp.call('k8s_scale', scale('contested'), meta)
  expect(answer).toMatchObject({ code: 'Conflict', outcome: 'failed', tries: 6, objects: [{ outcome: 'failed' }] })
  expect(proxy.writes()).toHaveLength(6)
})

test('a write that the API server refuses has failed, and is not tried again', async () => {
  await deploy('forbidden')
  const { meta } = await approved(scale('forbidden'))
  proxy.interfere(({ userAgent }, { answer }) => {
    if (userAgent.includes(' call/'))
      answer(403, { kind: 'Status', reason: 'Forbidden', message: 'deployments is forbidden', code: 403 })
  })
  const answer = await mcp.call('k8s_scale', scale('forbidden'), meta)
  expect(answer).toMatchObject({ code: 'Forbidden', outcome: 'failed', tries: 1 })
  expect(proxy.writes()).toHaveLength(1)
})

describe('forms that make no sense together are InvalidArgument, and spend nothing', () => {
  test('dry_run that is no bool, several forms, a preview of a read', async () => {
    await deploy('forms')
    const args = scale('forms')
    const { preview, meta } = await approved(args)
    const verifyMeta = { [metaKeys.verify]: { effect_digest: 'x', objects: [], pins: {}, wait_seconds: 0 } }
    const [{ diff: _, ...object } = {}] = preview.effect?.objects ?? []
    const tooMany = { ...verifyMeta[metaKeys.verify], objects: Array(1_001).fill(object) }
    const answers = await Promise.all([
      mcp.call('k8s_scale', { ...args, dry_run: 'yes' }),
      mcp.call('k8s_scale', { ...args, dry_run: 'true' }),
      mcp.call('k8s_scale', { ...args, dry_run: true }, meta),
      mcp.call('k8s_scale', args, { ...meta, [metaKeys.preview]: true }),
      mcp.call('k8s_scale', args, { ...meta, ...verifyMeta }),
      mcp.call('k8s_scale', args, { [metaKeys.preview]: false }),
      mcp.call('k8s_scale', args, { [metaKeys.verify]: { objects: 1 } }),
      mcp.call('k8s_scale', args, { [metaKeys.verify]: tooMany }),
      mcp.call('k8s_get', { resource_type: 'pods' }, { [metaKeys.preview]: true }),
      mcp.call('k8s_scale', { ...args, replica: 1 }),
    ])
    expect(answers.map(({ code }) => code)).toEqual(Array(10).fill('InvalidArgument'))
    expect(answers.at(-1)?.output).toBe(
      'InvalidArgument: "replica" is not a parameter. Known parameters: name, resource_type, replicas, namespace, dry_run.',
    )
    expect(preview.error).toBe(false)
    expect(await mcp.call('k8s_scale', args, meta)).toMatchObject({ outcome: 'succeeded' })
  })
})

describe('verification', () => {
  test('says so when another client has changed the field back', async () => {
    await deploy('back')
    const { preview, result } = await mcp.approveAndRun('k8s_scale', scale('back'))
    expect(result.outcome).toBe('succeeded')
    await patch('back', { spec: { replicas: 3 } })
    const { verification } = await mcp.verify('k8s_scale', scale('back'), preview)
    expect(verification).toMatchObject({
      verdict: 'differs',
      objects: [
        { verdict: 'differs', at: 'before', differences: [{ path: '/spec/replicas', approved: 5, actual: 3 }] },
      ],
    })
  })

  test('of a rollout that hangs ends in time as not_yet', async () => {
    await deploy('hanging', 1)
    await patch('hanging', { spec: { template: { spec: { nodeSelector: { nowhere: 'yes' } } } } })
    const { preview } = await mcp.approveAndRun('k8s_scale', scale('hanging', 2))
    const started = Date.now()
    const { verification, output } = await mcp.verify('k8s_scale', scale('hanging', 2), preview, 2)
    expect(verification).toMatchObject({ verdict: 'not_yet', objects: [{ verdict: 'not_yet', at: 'after' }] })
    expect(output).toContain('Waiting')
    expect(Date.now() - started).toBeLessThan(10_000)
  })

  test('of what was never executed stands at before', async () => {
    await deploy('never')
    const preview = await mcp.preview('k8s_scale', scale('never'))
    const { verification } = await mcp.verify('k8s_scale', scale('never'), preview)
    expect(verification).toMatchObject({ verdict: 'differs', objects: [{ at: 'before' }] })
  })
})

describe('acting as the user of the call', () => {
  let asUser: TestMcp
  beforeAll(async () => {
    asUser = await startTestMcp(proxy.kubeconfig, { engine, env: { MCP_IDENTITY: 'impersonate' } })
  })
  afterAll(() => asUser?.close())

  test('a user without rights is forbidden, reads and previews alike, and never the account alone acts', async () => {
    await deploy('theirs')
    proxy.seen.length = 0
    const meta = { [metaKeys.identity]: engine.identity('nobody@example.com', ['guests', 'visitors']) }
    expect(await asUser.preview('k8s_scale', scale('theirs'), meta)).toMatchObject({ code: 'Forbidden' })
    expect(await asUser.call('k8s_get', { resource_type: 'deployment', namespace }, meta)).toMatchObject({
      code: 'Forbidden',
    })
    expect(proxy.seen.length).toBeGreaterThan(0)
    for (const { headers } of proxy.seen) {
      expect(headers['impersonate-user']).toBe('nobody@example.com')
      expect(headers['impersonate-group']).toBe('guests, visitors')
    }
  })
})

test('rights says which user may not make which request', async () => {
  await deploy('rights')
  const meta = { [metaKeys.rights]: [engine.identity('root', ['system:masters']), engine.identity('nobody')] }
  const { rights } = await mcp.preview('k8s_scale', scale('rights'), meta)
  expect(rights).toMatchObject([
    { user: 'root', allowed: true, missing: [] },
    {
      user: 'nobody',
      allowed: false,
      missing: [
        { verb: 'get', group: 'apps', resource: 'deployments', namespace, name: 'rights' },
        { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', namespace, name: 'rights' },
      ],
    },
  ])
})

/** What each request writes, and what its user agent says besides our name. */
const marksOf = (requests: readonly Seen[]) =>
  requests.map(({ path: requested, userAgent }) => [
    requested.includes('/leases') ? 'lease' : 'object',
    userAgent.replace(/^fairlead\/\S+ /, ''),
  ])

test('user agents name reads, previews and calls', async () => {
  await deploy('agents')
  const callId = `call-${randomUUID()}`
  const { meta } = await approved(scale('agents'), { claims: { call_id: callId } })
  await mcp.call('k8s_scale', scale('agents'), meta)
  for (const { method, path: requested, userAgent } of proxy.seen) {
    const kind = method === 'GET' ? '' : requested.includes('dryRun=All') ? ' preview' : ` call/${callId}`
    expect(userAgent).toMatch(/^fairlead\/\d+\.\d+\.\d+/)
    expect(userAgent.replace(/^\S+/, '')).toBe(kind)
  }
})

test('with Leases as the store each of them names the grant, and the first one nobody', async () => {
  await deploy('leased')
  const store = await cluster.newNamespace('leases')
  proxy.seen.length = 0
  const env = { MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: store }
  const leasing = await startTestMcp(proxy.kubeconfig, { engine, env })
  try {
    await grantsGrowOld()
    const preview = await leasing.preview('k8s_scale', scale('leased'))
    const [jti, call_id] = [randomUUID(), `call-${randomUUID()}`]
    const grant = engine.grant({ tool: 'k8s_scale', args: scale('leased'), preview }, { claims: { jti, call_id } })
    const answer = await leasing.call('k8s_scale', scale('leased'), { [metaKeys.grant]: grant })
    expect(answer).toMatchObject({ outcome: 'succeeded' })
    expect(marksOf(proxy.writes())).toEqual([
      ['lease', 'sweep'],
      ['lease', `grant/${jti}`],
      ['object', `call/${call_id}`],
    ])
  } finally {
    await leasing.close()
  }
})

test('a confirmed write names its confirmation, and so does the Lease that remembers it', async () => {
  await deploy('confirmed')
  const store = await cluster.newNamespace('leases')
  const env = { MCP_MODE: 'confirm', MCP_GRANT_STORE: 'kubernetes', MCP_GRANT_NAMESPACE: store }
  const asking = await startTestMcp(proxy.kubeconfig, { engine, env })
  try {
    await grantsGrowOld()
    const sayYes = await askToConfirm(asking, { name: 'k8s_scale', arguments: scale('confirmed') })
    proxy.seen.length = 0
    expect(await sayYes()).toMatchObject({ outcome: 'succeeded' })
    const [lease, write, ...others] = marksOf(proxy.writes())
    const [, id] = /^grant\/([0-9a-f-]{36})$/.exec(lease?.[1] ?? '') ?? []
    expect(id).toBeDefined()
    expect([lease?.[0], write, others]).toEqual(['lease', ['object', `confirmed/${id}`], []])
  } finally {
    await asking.close()
  }
})

test('in read-only mode tools that write do not exist', async () => {
  await deploy('unwritten')
  const { meta } = await approved(scale('unwritten'))
  const reading = await startTestMcp(proxy.kubeconfig, { engine, env: { MCP_MODE: 'read-only' } })
  proxy.seen.length = 0
  try {
    const { body } = await reading.rpc('tools/list')
    const tools = (body.result as { tools: { name: string; annotations: { readOnlyHint: boolean } }[] }).tools
    expect(tools.length).toBeGreaterThan(0)
    expect(tools.every(({ annotations }) => annotations.readOnlyHint)).toBe(true)
    const objectPlan = { pod_name: 'any', command: 'date', namespace }
    for (const [tool, args, granted] of [
      ['k8s_scale', scale('any'), {}],
      ['k8s_scale', scale('unwritten'), meta],
      ['k8s_exec', objectPlan, {}],
    ] as const) {
      const answer = await reading.call(tool, args, granted)
      expect(answer).toMatchObject({ error: true, output: `NotFound: there is no tool "${tool}" here.` })
    }
    expect(proxy.seen).toEqual([])
  } finally {
    await reading.close()
  }
})
