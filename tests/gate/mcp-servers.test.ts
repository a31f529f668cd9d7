import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Awaiting, approvalOf, type Caller, password, type Seen } from './caller.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { type OtherMcpServer, queryTool, silenceTool, startOtherMcpServer } from './other-mcp-server.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

type ToolRead = { name: string; offered_as: string; digest: string; state: string; pinned: unknown }

const owned = new AsyncDisposableStack()
let all: Installation & { engine: EngineProcess }
let other: OtherMcpServer

beforeAll(async () => {
  other = owned.use(await startOtherMcpServer())
  all = owned.adopt(await startInstallation({ engines: { MCP_TOKEN_METRICS: 'a-token-of-metrics' } }), (started) =>
    started.close(),
  )
}, 180_000)
afterAll(() => owned.disposeAsync(), 60_000)
beforeEach(async () => {
  other.isDown = false
  other.tools = [queryTool, silenceTool]
  other.calls.length = 0
  for (const { id } of (await servers()).filter((server) => server.id !== 'builtin')) {
    expect((await ask('DELETE', `/mcp-servers/${id}`)).status).toBe(204)
  }
})

const ask: (method: string, path: string, body?: unknown) => ReturnType<Caller['json']> = (method, path, body) =>
  all.owner.json(all.engine.api, method, path, body)
const list = async <T>(path: string) => JSON.parse((await ask('GET', path)).body.text as string) as T[]
const servers = () => list<{ id: string; name: string; tools: object; reachable: boolean }>('/mcp-servers')
const registered = async (more: object = {}) => {
  const { status, body } = await ask('POST', '/mcp-servers', { name: 'metrics', url: other.url, ...more })
  expect(status, JSON.stringify(body)).toBe(201)
  return body as { id: string }
}
async function pin(id: string, ...names: string[]) {
  const tools = (await list<ToolRead>(`/mcp-servers/${id}/tools`)).filter(({ name }) => names.includes(name))
  const wanted = tools.map(({ name, digest }) => ({ name, digest }))
  expect(wanted).toHaveLength(names.length)
  return await ask('POST', `/mcp-servers/${id}/pins`, { tools: wanted })
}
const propose = (name: string, args: Record<string, unknown>) =>
  all.owner.ask(all.engine.api, messageFor({ calls: [{ name, args }] }))
const typesOf = (events: readonly Seen[]) => events.map(({ type }) => type)
const audited = async (type: string) =>
  (await all.sql.query("select actor, data from audit_events where type = $1 and data->>'server' = 'metrics'", [type]))
    .rows

test('a pinned tool that only looks runs at once, and its server hears nothing of ours', async () => {
  const { id } = await registered({ token_env: 'MCP_TOKEN_METRICS' })
  expect(await servers()).toMatchObject([
    { id: 'builtin', name: 'builtin', kind: 'fairlead', reachable: true, tools: { new: 0, changed: 0 } },
    { id, name: 'metrics', kind: 'other', reachable: true, tools: { pinned: 0, new: 2, changed: 0 } },
  ])
  const pinned = await pin(id, 'query')
  expect(JSON.parse(pinned.body.text as string)).toMatchObject([
    { name: 'query', offered_as: 'metrics__query', state: 'pinned', pinned: { name: 'query' } },
    { name: 'silence', offered_as: 'metrics__silence', state: 'new', pinned: null },
  ])
  expect(await audited('tool.pinned')).toMatchObject([
    { actor: all.owner.email, data: { tool: 'query', digest: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ])
  const run = await propose('metrics__query', { expression: 'up' })
  const events = await run.ended
  expect(events.find(({ type }) => type === 'tool.result')).toMatchObject({
    tool: 'metrics__query',
    title: 'Query Metrics',
    result: [{ type: 'text', text: 'query says 42' }],
  })
  expect(typesOf(events)).not.toContain('tool.awaiting_approval')
  expect(other.calls).toEqual([
    { name: 'query', args: { expression: 'up' }, meta: { progressToken: expect.any(String) } },
  ])
  expect(other.authorizations).toEqual(new Set(['Bearer a-token-of-metrics']))
}, 60_000)

test('everything else waits as a change of which nobody knows the effect, and runs once as approved', async () => {
  await registered()
  for (const [name, args] of [
    ['metrics__silence', { alert: 'Down' }],
    // Its hints say that it only looks, and nobody has vouched for them.
    ['metrics__query', { expression: 'up' }],
  ] as const) {
    other.calls.length = 0
    const approval = await approvalOf(await propose(name, args))
    expect(approval.effect).toMatchObject({
      basis: 'unknown',
      summary: `${name} on ${other.url}`,
      objects: [{ name: `${other.url}/${name}`, action: 'invoke' }],
    })
    expect(other.calls).toEqual([])
    const run = await all.owner.decide(all.engine.api, approval, true)
    const events = await run.ended
    expect(events).toContainEqual(expect.objectContaining({ type: 'tool.result', outcome: 'succeeded' }))
    expect(events.find(({ type }) => type === 'tool.verified')).toMatchObject({ verdict: 'unreadable' })
    expect(other.calls).toEqual([{ name: name.split('__')[1], args, meta: { progressToken: expect.any(String) } }])
  }
}, 90_000)

test('a tool that has changed since is a write again, which the audit has once', async () => {
  const { id } = await registered()
  await pin(id, 'query')
  const widened = { ...queryTool.inputSchema, properties: { ...queryTool.inputSchema.properties, range: {} } }
  other.tools = [{ ...queryTool, inputSchema: widened }]
  // What an engine has listed it keeps for a minute; another engine asks anew.
  expect(await list<ToolRead>(`/mcp-servers/${id}/tools`)).toMatchObject([
    { name: 'query', state: 'changed', pinned: { inputSchema: queryTool.inputSchema } },
  ])
  const stale = await ask('POST', `/mcp-servers/${id}/pins`, { tools: [{ name: 'query', digest: 'a'.repeat(64) }] })
  expect(stale).toMatchObject({ status: 409, body: { detail: 'Tool has changed', tools: ['query'] } })
  const engine = await all.startEngine()
  const run = await all.owner.ask(
    engine.api,
    messageFor({ calls: [{ name: 'metrics__query', args: { expression: 'up' } }] }),
  )
  expect((await approvalOf(run)).effect).toMatchObject({ basis: 'unknown' })
  expect(other.calls).toEqual([])
  const changed = (await audited('tool.unpinned')).filter(({ data }) => data.tool === 'query' && data.pinned_digest)
  expect(changed).toHaveLength(1)
  await engine.kill()
}, 90_000)

test('a server that does not answer costs its tools alone, and the model is told', async () => {
  const { id } = await registered()
  await pin(id, 'query')
  other.isDown = true
  const engine = await all.startEngine()
  const call = { name: 'metrics__query', args: { expression: 'up' } }
  const run = await all.owner.ask(engine.api, messageFor({ calls: [call] }))
  await run.ended
  const heard = JSON.stringify(all.model.requests)
  expect(heard).toContain('MCP server metrics does not list its tools')
  const read = await all.owner.ask(
    engine.api,
    messageFor({ calls: [{ name: 'k8s_get', args: { resource_type: 'namespaces' } }] }),
  )
  expect(typesOf(await read.ended)).toContain('tool.result')
  expect((await servers())[1]).toMatchObject({ reachable: false })
  expect((await ask('POST', '/mcp-servers', { name: 'more', url: other.url })).body.detail).toBe(
    'MCP server does not answer',
  )
  await engine.kill()
}, 90_000)

test('what is wrong is said, and nothing is stored', async () => {
  const { id } = await registered()
  const cases: [method: string, path: string, body: object | undefined, status: number, detail: unknown][] = [
    ['POST', '/mcp-servers', { name: 'metrics', url: other.url }, 400, "MCP server 'metrics' already exists"],
    ['POST', '/mcp-servers', { name: 'k8s', url: other.url }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'Metrics', url: other.url }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: 'http://169.254.169.254/mcp' }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: 'http://[fe80::1]/mcp' }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: 'http://u:p@localhost/mcp' }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: 'file:///etc/passwd' }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: other.url, kind: 'fairlead' }, 422, expect.anything()],
    ['POST', '/mcp-servers', { name: 'a', url: other.url, token_env: 'JWT_SECRET' }, 422, expect.anything()],
    ['PATCH', '/mcp-servers/builtin', { enabled: false }, 409, 'The built-in server is set by configuration'],
    ['DELETE', '/mcp-servers/builtin', undefined, 409, 'The built-in server is set by configuration'],
    ['DELETE', `/mcp-servers/${id}/pins/query`, undefined, 404, 'MCP server not found'],
  ]
  for (const [method, path, body, status, detail] of cases)
    expect(await ask(method, path, body), `${method} ${path} ${JSON.stringify(body)}`).toMatchObject({
      status,
      body: { detail },
    })
  expect((await servers()).map(({ name }) => name)).toEqual(['builtin', 'metrics'])
}, 60_000)

test('another address drops the pins and cancels what waits; a disabled server offers nothing; a deleted one cancels what waits', async () => {
  const { id } = await registered()
  await pin(id, 'query', 'silence')
  const before = await approvalOf(await propose('metrics__silence', { alert: 'Down' }))
  const statusOf = async (callId: string) =>
    (await all.sql.query('select status from tool_calls where call_id = $1', [callId])).rows
  const moved = await ask('PATCH', `/mcp-servers/${id}`, { url: other.url.replace('127.0.0.1', 'localhost') })
  expect(moved).toMatchObject({ status: 200, body: { tools: { pinned: 0, new: 2 } } })
  // They were proposed for the server at the old address.
  expect(await statusOf(before.call_id)).toEqual([{ status: 'cancelled' }])
  await pin(id, 'query')
  expect((await ask('DELETE', `/mcp-servers/${id}/pins/query`)).status).toBe(204)
  const approval = await approvalOf(await propose('metrics__silence', { alert: 'Down' }))
  expect(await ask('PATCH', `/mcp-servers/${id}`, { enabled: false })).toMatchObject({ body: { enabled: false } })
  const late = await propose('metrics__query', { expression: 'up' })
  expect((await late.ended).find(({ type }) => type === 'tool.error')).toMatchObject({
    error: expect.stringMatching(/not offered/),
  })
  expect((await ask('DELETE', `/mcp-servers/${id}`)).status).toBe(204)
  expect(await statusOf(approval.call_id)).toEqual([{ status: 'cancelled' }])
  expect(other.calls).toEqual([])
}, 90_000)

test('what was approved for one address is not sent to another: it is asked about again', async () => {
  const { id } = await registered()
  await registered({ name: 'logs' })
  const run = await all.owner.ask(
    all.engine.api,
    messageFor({
      calls: [
        { name: 'logs__silence', args: { alert: 'first' } },
        { name: 'metrics__silence', args: { alert: 'second' } },
      ],
    }),
  )
  const first = await approvalOf(run)
  const later = "select call_id from tool_calls where conversation_id = $1 and status = 'pending'"
  const [pending] = (await all.sql.query(later, [first.conversation_id])).rows
  const second = (await ask('GET', `/approvals/${pending?.call_id}`)).body as unknown as Awaiting
  // Approved, it waits for the call before it.
  const early = await all.owner.decide(all.engine.api, second, true)
  expect(early.status, JSON.stringify([early.refusal, second])).toBe(200)
  await early.ended
  const moved = other.url.replace('127.0.0.1', 'localhost')
  expect((await ask('PATCH', `/mcp-servers/${id}`, { url: moved })).status).toBe(200)
  const went = await all.owner.decide(all.engine.api, first, true)
  const again = await approvalOf(went)
  expect(went.events).toContainEqual(
    expect.objectContaining({
      type: 'tool.stale',
      reason: 'The server of metrics__silence has another address than the one that was approved.',
    }),
  )
  expect(again).toMatchObject({ call_id: second.call_id, effect: { summary: `metrics__silence on ${moved}` } })
  expect(other.calls.map(({ args }) => args)).toEqual([{ alert: 'first' }])
  await (await all.owner.decide(all.engine.api, again, true)).ended
  expect(other.calls.map(({ args }) => args)).toEqual([{ alert: 'first' }, { alert: 'second' }])
}, 90_000)

test('the command line registers a server, shows and pins its tools, and takes them back', async () => {
  const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url))
  const fairlead = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const { PATH = '', HOME = '' } = process.env
      const login = { FAIRLEAD_EMAIL: all.owner.email, FAIRLEAD_PASSWORD: password }
      const env = { PATH, HOME, FAIRLEAD_SERVER: all.engine.api, ...login }
      execFile(process.execPath, [main, 'mcp-servers', ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: Number(Object(error).code ?? 0), stdout, stderr }),
      )
    })
  expect(await fairlead('add', 'metrics', other.url, '--token-env', 'MCP_TOKEN_METRICS')).toMatchObject({
    code: 0,
    stdout: `metrics  ${other.url}  answers  0 tools pinned, 2 new, 0 changed\n`,
    stderr: expect.stringContaining('writes until you pin them'),
  })
  expect((await fairlead('tools', 'metrics')).stdout).toMatch(
    /^query {2}new, says that it only looks: waits for approval {2}[0-9a-f]{12}\n {2}Answer a query about metrics\.\nsilence {2}new, says that it changes things: /,
  )
  expect((await fairlead('pin', 'metrics', 'query')).stdout).toMatch(/^query {2}pinned, .*: runs without approval {2}/)
  const [, metrics] = (await fairlead('list', '--json')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(metrics).toMatchObject({ name: 'metrics', tools: { pinned: 1, new: 1, changed: 0 } })
  expect(await fairlead('pin', 'metrics', 'nothing')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('metrics lists no tool nothing. Its tools: query, silence.'),
  })
  expect(await fairlead('remove', 'metric')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no MCP server metric. There are: builtin, metrics.'),
  })
  expect(await fairlead('add', 'more', 'http://127.0.0.1:1/mcp')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^fairlead: MCP server does not answer: .+ \(request /),
  })
  expect((await fairlead('unpin', 'metrics', 'query')).stderr).toContain('query is a write again.')
  expect((await fairlead('disable', 'metrics')).stdout).toMatch(/ {2}disabled\n$/)
  expect(await fairlead('remove', 'metrics')).toMatchObject({ code: 0, stderr: expect.stringContaining('removed') })
  expect((await servers()).map(({ name }) => name)).toEqual(['builtin'])
}, 90_000)
