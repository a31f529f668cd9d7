import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { helmSettings } from '@fairlead/testing/helm/charts'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import type { ScriptedToolCall } from '@fairlead/testing/model/model-script'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Awaiting, approvalOf, type Seen } from './caller.fixture.ts'
import { newDeliveryIncident, startDeliveryCharts } from './delivery-incident.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'

const owned = new AsyncDisposableStack()
let all: Installation & { engine: EngineProcess }
let jenkins: JenkinsServer

beforeAll(async () => {
  const apiServer = await sharedApiServer()
  jenkins = owned.use(await startJenkinsServer({ prefix: '/ci' }))
  const charts = owned.use(await startDeliveryCharts())
  const credentialsNamespace = await apiServer.newNamespace('logins')
  const toolServer = await helmSettings(4, charts.url)
  all = owned.adopt(await startInstallation({ apiServer, credentialsNamespace, toolServer }), (started) =>
    started.close(),
  )
  const { name: username, token: api_token } = jenkins.user
  const login = { provider: 'jenkins', metadata: { api_url: jenkins.url }, credentials: { username, api_token } }
  expect(await all.owner.json(all.engine.api, 'POST', '/integrations', login)).toMatchObject({ status: 200 })
}, 180_000)
afterAll(() => owned.disposeAsync(), 60_000)

const ask = (call: ScriptedToolCall, conversationId?: string) =>
  all.owner.ask(all.engine.api, messageFor({ calls: [call] }), conversationId)

async function answerTo(call: ScriptedToolCall, conversationId?: string): Promise<{ text: string; in: string }> {
  const events = await (await ask(call, conversationId)).ended
  const result = events.find(({ type }) => type === 'tool.result') as Extract<Seen, { type: 'tool.result' }> | undefined
  expect(result, JSON.stringify(events)).toBeDefined()
  return { text: JSON.stringify(result?.result), in: result?.conversation_id ?? '' }
}

/** Proposes, and approves what is proposed. What has no state to read back has no verdict. */
async function carryOut(call: ScriptedToolCall, conversationId: string, verdict?: 'as_approved'): Promise<Awaiting> {
  const approval = await approvalOf(await ask(call, conversationId))
  const events = await (await all.owner.decide(all.engine.api, approval, true)).ended
  expect(events).toContainEqual(expect.objectContaining({ type: 'tool.result', outcome: 'succeeded' }))
  const verdicts = events.flatMap((event) => (event.type === 'tool.verified' ? event.verdict : []))
  expect(verdicts).toEqual(verdict === undefined ? [] : [verdict])
  return approval
}

test('a failed build, a bad upgrade and a stuck Rollout are read, and taken back one approved change after the other', {
  timeout: 180_000,
}, async () => {
  const incident = await newDeliveryIncident(all.apiServer, jenkins)
  const { namespace, release, job, good, bad, reads, writes, rollout } = incident
  jenkins.requests.length = 0

  const log = await answerTo(reads.log)
  expect(log.text).toContain(incident.cause)
  const history = await answerTo(reads.history, log.in)
  expect(history.text).toMatch(/2 .*deployed.*web-1\.1\.0/)
  const status = await answerTo(reads.status, log.in)
  expect(status.text).toMatch(/Progressing/)
  expect(status.text).toContain('ImagePullBackOff')

  const abort = await carryOut(writes.abort, log.in, 'as_approved')
  expect(abort.effect.summary).toContain(`Abort Rollout ${namespace}/${release}`)
  // Helm keeps what is wanted of a Rollout, and nothing of its state.
  expect(abort.effect.reasons.join('\n')).not.toContain('kept by Helm')
  await expect.poll(async () => (await rollout()).status.phase).toBe('Degraded')

  const rollBack = await carryOut(writes.rollBack, log.in, 'as_approved')
  expect(rollBack.effect).toMatchObject({ basis: 'computed', unenforced: true })
  const changed = rollBack.effect.objects.flatMap(({ kind, changes }) =>
    changes.map(({ path, before, after }) => ({ kind, path, before, after })),
  )
  expect(changed).toContainEqual({
    kind: 'Rollout',
    path: '/spec/template/spec/containers/0/image',
    before: `web:${bad}`,
    after: `web:${good}`,
  })
  expect(rollBack.effect.objects.map(({ action, kind }) => `${action} ${kind}`)).toContain('invoke Job')
  await expect.poll(async () => (await rollout()).status.phase, { timeout: 30_000 }).toBe('Healthy')
  expect((await rollout()).spec.template.spec.containers[0]?.image).toBe(`web:${good}`)
  expect((await answerTo(reads.status, log.in)).text).toMatch(/Healthy/)

  const build = await carryOut(writes.build, log.in)
  expect(build.effect).toMatchObject({
    basis: 'external',
    summary: expect.stringContaining(`Build ${job} with VERSION`),
  })
  const started = jenkins.startNext({ building: false, result: 'SUCCESS', log: 'Finished: SUCCESS\n' })
  expect((await answerTo(reads.log, log.in)).text).toContain('Finished: SUCCESS')
  expect(started.number).toBe(incident.build + 1)

  // Each write belongs to one approval, by the record of whoever was written to.
  const written = await writesIn(all.apiServer, [namespace])
  const callIds = new Set(written.map(({ callId }) => callId))
  expect(callIds).toEqual(new Set([abort.call_id, rollBack.call_id]))
  const of = (callId: string) => written.filter((write) => write.callId === callId)
  expect(of(abort.call_id)).toMatchObject([{ verb: 'patch', name: release, resource: 'rollouts/status' }])
  const named = new Set(of(rollBack.call_id).map(({ resource, name }) => `${resource} ${name}`))
  expect(named).toEqual(
    new Set([
      ...[2, 3].map((revision) => `secrets sh.helm.release.v1.${release}.v${revision}`),
      ...[`rollouts ${release}`, `configmaps ${release}-settings`, `jobs ${release}-migrate`],
    ]),
  )
  const posts = jenkins.requests.filter(({ method }) => method === 'POST')
  const userAgent = expect.stringMatching(new RegExp(` call/${build.call_id}$`))
  expect(posts).toMatchObject([{ form: { VERSION: good }, crumb: expect.any(String), userAgent }])
  const { rows } = await all.sql.query(
    "select distinct call_id from audit_events where type = 'approval.decided' and conversation_id = $1",
    [log.in],
  )
  expect(new Set(rows.map(({ call_id }) => call_id))).toEqual(
    new Set([abort, rollBack, build].map(({ call_id }) => call_id)),
  )
  expect(await all.owner.json(all.engine.api, 'GET', '/audit/verify')).toMatchObject({ body: { ok: true } })
})
