import { randomUUID } from 'node:crypto'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { newBuild } from '@fairlead/testing/jenkins/jenkins-state'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { approvalOf, type Caller } from './caller.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

let all: Installation & { engine: EngineProcess }
let jenkins: JenkinsServer
let namespace: string

beforeAll(async () => {
  const apiServer = await sharedApiServer()
  namespace = await apiServer.newNamespace('logins')
  jenkins = await startJenkinsServer({ prefix: '/ci' })
  all = await startInstallation({ credentialsNamespace: namespace, apiServer })
}, 180_000)
afterAll(async () => {
  await jenkins?.[Symbol.asyncDispose]()
  await all?.close()
}, 60_000)
beforeEach(async () => {
  all.toCluster.interfere(() => ({ do: 'pass' }))
  all.toWorker.interfere(() => ({ do: 'pass' }))
  jenkins.faults = {}
  jenkins.requests.length = 0
  jenkins.jobs.clear()
  jenkins.queue.length = 0
  jenkins.addJob('shop/web', {
    parameters: [{ name: 'VERSION', type: 'String', default: '1.0' }],
    builds: [newBuild(7, { building: false, result: 'FAILURE', log: 'npm test\nAssertionError: 3 is not 4\n' })],
  })
  for (const { id } of await listed()) await ask('DELETE', `/integrations/${id}`)
})

const ask: (method: string, path: string, body?: unknown) => ReturnType<Caller['json']> = (method, path, body) =>
  all.owner.json(all.engine.api, method, path, body)

async function listed(): Promise<{ id: string; status: string }[]> {
  const { body } = await ask('GET', '/integrations/')
  return JSON.parse(body.text as string)
}

const wanted = (credentials: Record<string, string> = {}) => ({
  provider: ' Jenkins ',
  name: 'Shop CI',
  metadata: { api_url: `${jenkins.url}/` },
  credentials: { username: jenkins.user.name, api_token: jenkins.user.token, ...credentials },
})

async function secrets(): Promise<{ metadata: { name: string }; data: Record<string, string> }[]> {
  const { body } = await all.apiServer.request('GET', `/api/v1/namespaces/${namespace}/secrets`)
  return (body as { items: { metadata: { name: string }; data: Record<string, string> }[] }).items
}

const plain = (data: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))

test('a login is stored by the way of every write, under the name of the administrator, and told to nobody', async () => {
  const { status, body } = await ask('POST', '/integrations', wanted())
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body).toEqual({
    id: expect.any(String),
    provider: 'jenkins',
    name: 'Shop CI',
    metadata: { api_url: jenkins.url },
    status: 'active',
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
  })
  const [secret, ...others] = await secrets()
  expect(others).toEqual([])
  expect(secret?.metadata.name).toMatch(/^jenkins-cred-[0-9a-f]{20}$/)
  const { name: username, token } = jenkins.user
  expect(plain(secret?.data)).toEqual({ username, 'api-token': token, url: jenkins.url })

  const { rows: calls } = await all.sql.query(
    "select call_id, status, outcome, verdict->>'verdict' verdict from tool_calls where conversation_id is null",
  )
  expect(calls.at(-1)).toMatchObject({ status: 'completed', outcome: 'succeeded', verdict: 'as_approved' })
  const { rows: audit } = await all.sql.query(
    'select type, actor, conversation_id, data from audit_events where call_id = $1 order by id',
    [calls.at(-1).call_id],
  )
  expect(audit.map(({ type, actor }) => `${type} ${actor === all.owner.email ? 'admin' : actor}`)).toEqual([
    ...['call.proposed admin', 'effect.computed engine', 'approval.requested admin', 'approval.decided admin'],
    ...['attempt.started engine', 'grant.issued engine', 'attempt.ended engine', 'call.ended engine', 'verdict engine'],
  ])
  expect(audit.every(({ conversation_id }) => conversation_id === null)).toBe(true)
  const { grant } = audit.find(({ type }) => type === 'grant.issued')?.data ?? {}
  expect(grant).toMatchObject({ sub: all.owner.email, act: { sub: all.owner.email }, tool: 'k8s_apply' })
  await expectNowhere(token)

  const again = await ask('POST', '/integrations', wanted())
  expect(again).toMatchObject({ status: 400, body: { detail: "Integration for provider 'jenkins' already exists" } })
  expect(await ask('GET', '/audit/verify')).toMatchObject({ status: 200, body: { ok: true } })
}, 60_000)

/** In no table of the engine. */
async function expectNowhere(text: string): Promise<void> {
  const { rows: tables } = await all.sql.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  )
  expect(tables.length).toBeGreaterThan(10)
  for (const { name } of tables) {
    const { rows } = await all.sql.query(`select count(*)::int as count from "${name}" t where t::text like $1`, [
      `%${text}%`,
    ])
    expect([name, rows[0].count]).toEqual([name, 0])
  }
}

test('what is wrong with a request is said, and nothing is stored', async () => {
  const cases: [body: object, status: number, detail: unknown][] = [
    [{ ...wanted(), provider: ' ' }, 400, 'provider is required'],
    [{ ...wanted(), provider: 'GitLab' }, 400, 'Unsupported provider: gitlab'],
    [
      { ...wanted(), credentials: { username: 'a' } },
      400,
      "Jenkins credentials must include 'username' and 'api_token'",
    ],
    [wanted({ api_token: '1: 2\nfoo: bar' }), 400, 'Credentials must not contain control characters or line breaks'],
    [{ ...wanted(), metadata: {} }, 422, expect.anything()],
    [{ ...wanted(), metadata: { api_url: 'https://a:b@ci.example' } }, 422, expect.anything()],
    [{ ...wanted(), metadata: { api_url: 'file:///etc/passwd' } }, 422, expect.anything()],
  ]
  for (const [body, status, detail] of cases)
    expect(await ask('POST', '/integrations', body), JSON.stringify(body)).toMatchObject({ status, body: { detail } })
  expect(await listed()).toEqual([])
  expect(await secrets()).toEqual([])
  expect(await ask('POST', '/integrations', wanted({ username: 'a: b #c', api_token: '123' }))).toMatchObject({
    status: 200,
  })
  expect(plain((await secrets())[0]?.data)).toMatchObject({ username: 'a: b #c', 'api-token': '123' })
}, 60_000)

test('when the Secret cannot be written there is no integration, and the reason is told', async () => {
  all.toCluster.interfere(({ method, path }) =>
    method !== 'GET' && path.includes('/secrets') && !path.includes('dryRun')
      ? { do: 'answer', status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } }
      : { do: 'pass' },
  )
  expect(await ask('POST', '/integrations', wanted())).toMatchObject({
    status: 502,
    body: { detail: 'Failed to store credentials', reason: expect.stringMatching(/Forbidden/) },
  })
  expect(await listed()).toEqual([])
  expect(await secrets()).toEqual([])
}, 60_000)

test('an answer that is lost is looked for, and the login stands once', async () => {
  let lost = 0
  all.toWorker.interfere(({ body }) =>
    body.includes('dev.fairlead/grant') && lost++ === 0 ? { do: 'lose-answer' } : { do: 'pass' },
  )
  expect(await ask('POST', '/integrations', wanted())).toMatchObject({ status: 200 })
  expect(lost).toBe(1)
  expect(await secrets()).toHaveLength(1)
}, 60_000)

test('a new login takes the place of the old one; another address needs one; a deleted one leaves nothing', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted({ api_token: 'old-token-1' }))
  const path = `/integrations/${made.id}`
  const before = (await secrets())[0]?.metadata.name
  expect(await ask('POST', `${path}/test`)).toMatchObject({ status: 200, body: { ok: false } })
  const { token } = jenkins.user
  expect(
    await ask('PATCH', path, { credentials: { user: jenkins.user.name, 'api-token': token }, name: null }),
  ).toMatchObject({ status: 200, body: { name: null, status: 'active' } })
  const [after, ...rest] = await secrets()
  expect(rest).toEqual([])
  expect(after?.metadata.name).not.toBe(before)
  expect(await ask('POST', `${path}/test`)).toMatchObject({
    body: { ok: true, detail: 'Signed in as deployer (Deployer).' },
  })
  expect(await ask('PATCH', path, { metadata: { api_url: 'https://elsewhere.example' } })).toMatchObject({
    status: 400,
    body: { detail: 'credentials are required when api_url changes' },
  })
  expect(await ask('PATCH', path, { status: 'gone' })).toMatchObject({ status: 422 })
  expect(await ask('PATCH', path, { status: 'disabled' })).toMatchObject({ status: 200, body: { status: 'disabled' } })
  // A disabled one can be tested, too.
  expect(await ask('POST', `${path}/test`)).toMatchObject({ body: { ok: true } })
  expect((await ask('DELETE', path)).status).toBe(204)
  expect(await secrets()).toEqual([])
  for (const method of ['PATCH', 'DELETE'])
    expect(await ask(method, path, method === 'PATCH' ? {} : undefined)).toMatchObject({
      status: 404,
      body: { detail: 'Integration not found' },
    })
  await expectNowhere('old-token-1')
}, 60_000)

test('of two that are made at once one is there, with its own login alone', async () => {
  const made = await Promise.all(
    ['first-token-1', 'other-token-2'].map((api_token) => ask('POST', '/integrations', wanted({ api_token }))),
  )
  expect(made.map(({ status }) => status).toSorted()).toEqual([200, 400])
  const [integration, ...others] = await listed()
  expect(others).toEqual([])
  const kept = made[0]?.status === 200 ? 'first-token-1' : 'other-token-2'
  expect((await secrets()).map(({ data }) => plain(data)['api-token'])).toEqual([kept])
  expect(integration?.id).toBe(made.find(({ status }) => status === 200)?.body.id)
}, 60_000)

test('a row that cannot be written takes its login back, of a new integration and of a changed one', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted({ api_token: 'old-token-1' }))
  const refuse = (when: 'insert' | 'update') =>
    all.sql.query(`
      create function refuse_row() returns trigger language plpgsql as $$ begin raise 'no row'; end $$;
      create trigger refuse_row before ${when} on integrations for each row execute function refuse_row();`)
  const allow = () => all.sql.query('drop trigger refuse_row on integrations; drop function refuse_row;')
  const credentials = { username: 'deployer', api_token: 'new-token-2' }
  await refuse('update')
  expect((await ask('PATCH', `/integrations/${made.id}`, { credentials })).status).toBe(500)
  await allow()
  expect((await secrets()).map(({ data }) => plain(data)['api-token'])).toEqual(['old-token-1'])
  expect((await ask('DELETE', `/integrations/${made.id}`)).status).toBe(204)
  await refuse('insert')
  expect((await ask('POST', '/integrations', wanted())).status).toBe(500)
  await allow()
  expect(await secrets()).toEqual([])
}, 60_000)

test('a change whose Secret cannot be written changes nothing, and the reason is told', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted({ api_token: 'old-token-1' }))
  all.toCluster.interfere(({ method, path }) =>
    method !== 'GET' && path.includes('/secrets') && !path.includes('dryRun')
      ? { do: 'answer', status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } }
      : { do: 'pass' },
  )
  const credentials = { username: 'deployer', api_token: 'new-token-2' }
  expect(await ask('PATCH', `/integrations/${made.id}`, { name: 'Renamed', credentials })).toMatchObject({
    status: 502,
    body: { detail: 'Failed to store credentials' },
  })
  expect(await listed()).toMatchObject([{ id: made.id, name: 'Shop CI' }])
  expect((await secrets()).map(({ data }) => plain(data)['api-token'])).toEqual(['old-token-1'])
}, 60_000)

test('the list is filtered by provider, and an integration outlives whoever has made it', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted())
  const ofProvider = async (provider: string) =>
    JSON.parse((await ask('GET', `/integrations?provider=${provider}`)).body.text as string)
  expect(await ofProvider('jenkins')).toMatchObject([{ id: made.id }])
  expect(await ofProvider('gitlab')).toEqual([])
  const leaver = { id: randomUUID(), email: 'leaver@example.com' }
  await all.sql.query('insert into users select (jsonb_populate_record(u, $2)).* from users u where email = $1', [
    all.owner.email,
    leaver,
  ])
  await all.sql.query('update integrations set user_id = $1', [leaver.id])
  await all.sql.query('delete from users where id = $1', [leaver.id])
  expect(await listed()).toMatchObject([{ id: made.id }])
}, 60_000)

test('a change that waits for another one takes nothing of it back', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted())
  const moved = { api_url: 'https://moved.example' }
  const duringAnother = async (input: object) => {
    const client = await all.sql.connect()
    try {
      await client.query('begin')
      await client.query('select 1 from integrations where id = $1 for update', [made.id])
      const waiting = ask('PATCH', `/integrations/${made.id}`, input)
      const isWaiting = async () =>
        (await all.sql.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)).rowCount
      await expect.poll(isWaiting, { timeout: 10_000 }).toBeGreaterThan(0)
      await client.query('update integrations set metadata = $2 where id = $1', [made.id, moved])
      await client.query('commit')
      return await waiting
    } finally {
      client.release()
    }
  }
  expect(await duringAnother({ name: 'Renamed' })).toMatchObject({
    status: 200,
    body: { name: 'Renamed', metadata: moved },
  })
  await all.sql.query('update integrations set metadata = $2 where id = $1', [made.id, { api_url: jenkins.url }])
  // The login that stands by now is bound to another address.
  expect(await duringAnother({ metadata: { api_url: jenkins.url } })).toMatchObject({
    status: 400,
    body: { detail: 'credentials are required when api_url changes' },
  })
}, 60_000)

test('the model reads and builds without address and login, and may name neither', async () => {
  await ask('POST', '/integrations', wanted())
  const ref = `${namespace}/${(await secrets())[0]?.metadata.name}`
  const read = await all.owner.ask(
    all.engine.api,
    messageFor({ calls: [{ name: 'jenkins_get_build_log', args: { jobFullName: 'shop/web' } }] }),
  )
  const events = await read.ended
  expect(events.find(({ type }) => type === 'tool.result')).toMatchObject({
    result: [{ text: expect.stringContaining('AssertionError: 3 is not 4') }],
  })
  const named = await all.owner.ask(
    all.engine.api,
    messageFor({
      calls: [{ name: 'jenkins_get_jobs', args: { api_url: 'https://evil.example', credentials_ref: 'a/b' } }],
    }),
  )
  await named.ended
  expect(named.events.find(({ type }) => type === 'tool.error')).toMatchObject({
    error: expect.stringMatching(/api_url/),
  })
  const args = { jobFullName: 'shop/web', parameters: { VERSION: '2.0' }, wait_for_start: false }
  const approval = await approvalOf(
    await all.owner.ask(all.engine.api, messageFor({ calls: [{ name: 'jenkins_trigger_build', args }] })),
  )
  expect(approval.effect).toMatchObject({ basis: 'external', summary: 'Build shop/web with VERSION' })
  const run = await all.owner.decide(all.engine.api, approval, true)
  await run.ended
  expect(jenkins.requests.filter(({ method }) => method === 'POST')).toMatchObject([
    { path: '/ci/job/shop/job/web/buildWithParameters', form: { VERSION: '2.0' } },
  ])
  const { rows } = await all.sql.query('select "grant" from attempts where call_id = $1', [approval.call_id])
  const sent = { ...args, api_url: jenkins.url, credentials_ref: ref }
  expect(rows[0].grant.final_args_sha256).toBe(finalArgsDigest(sent))

  const shown = JSON.stringify([read.events, named.events, approval, run.events, all.model.requests])
  expect(shown).not.toContain(ref)
  expect(shown).not.toContain('credentials_ref":{')
  const offered = all.model.requests.flatMap(({ tools }) => tools).filter(({ name }) => name === 'jenkins_get_jobs')
  expect(offered.length).toBeGreaterThan(0)
  expect(JSON.stringify(offered)).not.toMatch(/api_url|credentials_ref/)
}, 90_000)

test('without an active integration nothing of Jenkins is offered, and a call says what to do', async () => {
  const { body: made } = await ask('POST', '/integrations', wanted())
  const tools = async () => (await ask('GET', '/agent/tools')).body.text as string
  expect(await tools()).toContain('jenkins_whoami')
  expect((await ask('GET', '/agent/context')).body.jenkins).toBe(true)
  const approval = await approvalOf(
    await all.owner.ask(
      all.engine.api,
      messageFor({ calls: [{ name: 'jenkins_trigger_build', args: { jobFullName: 'shop/web' } }] }),
    ),
  )
  await ask('PATCH', `/integrations/${made.id}`, { status: 'disabled' })
  expect(await tools()).not.toContain('jenkins')
  expect((await ask('GET', '/agent/context')).body.jenkins).toBe(false)
  const sentence =
    'Jenkins is not configured. An administrator can set it up on the page "Integrations" (/api/v1/integrations).'
  const late = await all.owner.decide(all.engine.api, approval, true)
  await late.ended
  expect(late.events.find(({ type }) => type === 'tool.error')).toMatchObject({ error: sentence, outcome: 'failed' })
  const refused = await all.owner.ask(all.engine.api, messageFor({ calls: [{ name: 'jenkins_get_jobs', args: {} }] }))
  await refused.ended
  expect(refused.events.find(({ type }) => type === 'tool.error')).toMatchObject({ error: sentence })
  expect(jenkins.requests.filter(({ method }) => method === 'POST')).toEqual([])
}, 90_000)

test('of the namespace of the logins the model can ask for nothing', async () => {
  await ask('POST', '/integrations', wanted())
  const [secret] = await secrets()
  const content = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secret?.metadata.name, namespace },
    type: 'Opaque',
    stringData: { url: 'https://evil.example' },
  })
  for (const call of [
    { name: 'k8s_apply', args: { content } },
    { name: 'k8s_apply', args: { content: content.replace(`,"namespace":"${namespace}"`, ''), namespace } },
    { name: 'k8s_delete', args: { name: secret?.metadata.name, resource_type: 'secret', namespace } },
    { name: 'k8s_delete', args: { name: namespace, resource_type: 'namespace' } },
  ]) {
    const run = await all.owner.ask(all.engine.api, messageFor({ calls: [call] }))
    const events = await run.ended
    const types = events.map(({ type }) => type)
    expect([call.name, types.includes('tool.awaiting_approval')]).toEqual([call.name, false])
    expect(
      events.find(({ type }) => type === 'tool.error'),
      JSON.stringify(call),
    ).toMatchObject({ outcome: 'failed' })
  }
  expect((await secrets()).map(({ metadata }) => metadata.name)).toEqual([secret?.metadata.name])
}, 90_000)
