import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { requireHelm } from '@fairlead/testing/cluster/helm-path'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { findHelm } from '@fairlead/testing/cluster/kubernetes-assets'
import { type ChartServer, helmSettings, startChartServer, webChart } from '@fairlead/testing/helm/charts'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastOf, lastRun } from './call-record.fixture.ts'
import { approvalOf } from './caller.fixture.ts'
import { createDice, seed } from './dice.fixture.ts'
import { type EngineProcess, type Installation, startInstallation } from './installation.fixture.ts'
import { type ArmedWindow, type Window, windows } from './kill-windows.fixture.ts'
import { messageFor } from './scripted-by-message.fixture.ts'
import { helmWrites, jenkinsWrites, type Targets, type UnguardedWrite } from './unguarded-writes.fixture.ts'

/**
 * Writes that no target system guards. In each window the engine is killed that sends one, and the tool server that carries
 * it out: such a write happens once or not at all, and where nobody can tell it is `unknown` and stays so.
 */
const isFull = process.env.FAIRLEAD_FULL === '1'
type Tool = keyof typeof jenkinsWrites | keyof typeof helmWrites
/** `effects`: how often it has happened then; undefined where nobody can tell, and once at most. */
type Kill = { window: string; how?: Window; effects?: number; outcome: Outcome }
/** `read`: all of a release can be read, so what is found done is told; of Jenkins nothing can. */
type Outcome = 'succeeded' | 'unknown' | 'read'

const VERIFIED = 'e committed'
const engineKills: readonly Kill[] = [
  { window: 'a before the attempt row', how: windows['a before the attempt row'], effects: 1, outcome: 'succeeded' },
  {
    window: 'b row committed, nothing sent',
    how: windows['b row committed, nothing sent'],
    effects: 0,
    outcome: 'unknown',
  },
  { window: 'b row committed, sent late', how: windows['b row committed, sent late'], effects: 1, outcome: 'unknown' },
  { window: 'c request held on the way', outcome: 'read' },
  { window: 'd answered, not committed', how: windows['d answered, not committed'], effects: 1, outcome: 'read' },
  { window: VERIFIED, how: windows[VERIFIED], effects: 1, outcome: 'succeeded' },
]
const dice = createDice(seed)
const jenkinsTools = Object.keys(jenkinsWrites) as (keyof typeof jenkinsWrites)[]
const helmTools = Object.keys(helmWrites) as (keyof typeof helmWrites)[]
const writes: readonly Tool[] = [...jenkinsTools, ...(isOnSandbox() ? [] : helmTools)]
/** Only what is read back is asked about once its outcome is committed. */
const releases = helmTools.filter((tool) => /install|upgrade|rollback/.test(tool) && !isOnSandbox())
/** Nobody is asked for it on the way. */
const isLocal = (tool: Tool) => tool === 'helm_repo_remove'
/** Each write in each window; in the short run one of them. */
const inWindow = (window: string): readonly Tool[] => {
  const fitting = (window === VERIFIED ? releases : writes).filter((tool) => !(isLocal(tool) && /\bheld /.test(window)))
  return isFull || fitting.length === 0 ? fitting : [dice.pick(fitting)]
}
const cases = engineKills.flatMap((kill) => inWindow(kill.window).map((tool) => ({ ...kill, tool })))

let all: Installation & { engine: EngineProcess }
let jenkins: JenkinsServer
let charts: ChartServer
let targets: Targets
let engines: [EngineProcess, EngineProcess]

beforeAll(async () => {
  const apiServer = await sharedApiServer()
  jenkins = await startJenkinsServer()
  charts = await startChartServer({ 'web-1.0.0.tgz': webChart('1.0.0'), 'web-1.1.0.tgz': webChart('1.1.0') })
  const helmHome = await mkdtemp(join(tmpdir(), 'fairlead-helm-home-'))
  const credentialsNamespace = await apiServer.newNamespace('logins')
  all = await startInstallation({
    ...{ leaseSeconds: 1.5, apiServer, credentialsNamespace },
    toolServer: {
      ...{ MCP_TOOLSETS: 'all', MCP_HELM_HOME: helmHome },
      ...(findHelm(4) === undefined ? {} : await helmSettings(4, charts.url)),
    },
  })
  targets = { apiServer, namespace: await apiServer.newNamespace('gate'), jenkins, charts, helmHome }
  engines = [all.engine, await all.startEngine()]
  const { name: username, token: api_token } = jenkins.user
  const login = { provider: 'jenkins', metadata: { api_url: jenkins.url }, credentials: { username, api_token } }
  expect(await all.owner.json(all.engine.api, 'POST', '/integrations', login)).toMatchObject({ status: 200 })
}, 180_000)
afterAll(async () => {
  await all?.close()
  await jenkins?.[Symbol.asyncDispose]()
  await charts?.[Symbol.asyncDispose]()
}, 60_000)

test('every write of Helm and of Jenkins is here', async () => {
  const { body } = await all.owner.json(all.engine.api, 'GET', '/agent/tools')
  const tools = JSON.parse(body.text as string) as { name: string; annotations: { readOnlyHint?: boolean } }[]
  const changing = tools.filter(({ name, annotations }) => /^(helm|jenkins)_/.test(name) && !annotations.readOnlyHint)
  expect([...jenkinsTools, ...helmTools].toSorted()).toEqual(changing.map(({ name }) => name).toSorted())
})

async function prepare(tool: Tool): Promise<UnguardedWrite> {
  jenkins.faults = {}
  delete charts.holdsIndex
  if (!isHelm(tool)) return jenkinsWrites[tool](targets)
  requireHelm()
  return await helmWrites[tool](targets)
}

const isHelm = (tool: string): tool is keyof typeof helmWrites => tool in helmWrites

/** The tool server has sent the write, and the target system does not see it before `release`. */
function heldBeforeTarget(tool: Tool, callId: string): ArmedWindow {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const release = async () => released.resolve()
  if (!isHelm(tool)) {
    jenkins.faults.holdsPosts = () => {
      reached.resolve()
      return released.promise
    }
    return { reached: reached.promise, release }
  }
  charts.holdsIndex = () => {
    reached.resolve()
    return released.promise
  }
  all.toCluster.interfere(({ method, headers }) => {
    if (method === 'GET' || !headers['user-agent']?.includes(`call/${callId}`)) return { do: 'pass' }
    reached.resolve()
    return { do: 'hold', until: released.promise }
  })
  return { reached: reached.promise, release }
}

/** A write that comes late, or a second time, has come by then. */
const SETTLED_MS = 1_500

/** So often; undefined: nobody can tell, and once at most. */
async function expectEffects(write: UnguardedWrite, effects: number | undefined): Promise<void> {
  if (effects === 1) await expect.poll(write.effects, { timeout: 20_000 }).toBe(1)
  await sleep(SETTLED_MS)
  if (effects === undefined) expect(await write.effects()).toBeLessThanOrEqual(1)
  else expect(await write.effects()).toBe(effects)
}

test.each(cases)('an engine killed: $tool, $window', { timeout: 120_000 }, async ({ tool, how, ...wanted }) => {
  const write = await prepare(tool)
  const [victim, heir] = engines
  const approval = await approvalOf(await all.owner.ask(victim.api, messageFor({ calls: [write.call] })))
  const armed = how ? await how.arm(all, approval.call_id) : heldBeforeTarget(tool, approval.call_id)
  const isLate = dice.pick<boolean>(how?.late ?? [true, false])
  const decided = all.owner.decide(victim.api, approval, true)
  await armed.reached
  await victim.kill()
  if (!isLate) await armed.release()
  await decided.then(
    (stream) => stream.ended,
    () => [], // it died before it answered
  )
  const next = all.startEngine()
  const run = await lastRun(all, approval.conversation_id)
  const taken = await all.owner.open(heir.api, `/agent/runs/${run}/events`, { after: 0 })
  await taken.until(({ type }) => type === 'workflow_complete' || type === 'workflow_error')
  if (isLate) await armed.release()
  engines = [heir, await next]
  all.toWorker.interfere(() => ({ do: 'pass' }))
  all.toCluster.interfere(() => ({ do: 'pass' }))
  expect(lastOf(await taken.ended)).toMatchObject({ type: 'workflow_complete', status: 'completed' })
  await expectRecord(tool, approval.call_id, wanted.outcome)
  await expectEffects(write, wanted.effects)
})

const serverCases = (['nothing received', 'held before the target', 'done, not answered'] as const).flatMap((window) =>
  inWindow(window).map((tool) => ({ window, tool })),
)

test.each(serverCases)('a tool server killed: $tool, $window', { timeout: 120_000 }, async ({ tool, window }) => {
  const write = await prepare(tool)
  const [{ api }] = engines
  const approval = await approvalOf(await all.owner.ask(api, messageFor({ calls: [write.call] })))
  const held = window === 'held before the target' ? heldBeforeTarget(tool, approval.call_id) : undefined
  all.toWorker.interfere(({ body }) => {
    if (held !== undefined || !body.includes(metaKeys.grant) || !body.includes(approval.call_id)) return { do: 'pass' }
    if (window === 'done, not answered') return { do: 'lose-answer' }
    return all.killToolServer().then(() => ({ do: 'cut' }) as const)
  })
  const run = await all.owner.decide(api, approval, true)
  await held?.reached
  if (held !== undefined) await all.killToolServer()
  await held?.release()
  await run.until(({ type }) => type === 'tool.error' || type === 'tool.result')
  if (window === 'done, not answered') await all.killToolServer()
  all.toWorker.interfere(() => ({ do: 'pass' }))
  all.toCluster.interfere(() => ({ do: 'pass' }))
  await all.startToolServer()
  await run.ended
  const outcome = await expectRecord(tool, approval.call_id, window === 'done, not answered' ? 'read' : 'unknown')
  // On a slow machine helm may refuse for want of time, which nobody hears: then nothing was done.
  const isCertain = !isHelm(tool) || outcome === 'succeeded'
  const done = isCertain ? 1 : undefined
  await expectEffects(
    write,
    { 'nothing received': 0, 'held before the target': undefined, 'done, not answered': done }[window],
  )
})

/** The outcome in the record, which says it once and everywhere the same. */
async function expectRecord(tool: Tool, callId: string, wanted: Outcome): Promise<string> {
  const { rows: calls } = await all.sql.query('select outcome, recovered from tool_calls where call_id = $1', [callId])
  const [{ outcome, recovered }] = calls
  if (wanted !== 'read') expect(outcome).toBe(wanted)
  else if (!isHelm(tool)) expect(outcome).toBe('unknown')
  else expect([outcome, recovered]).toEqual(outcome === 'unknown' ? ['unknown', null] : ['succeeded', true])
  // Never sent a second time.
  const { rows: attempts } = await all.sql.query('select outcome from attempts where call_id = $1', [callId])
  expect(attempts).toMatchObject([{ outcome }])
  const { rows: audit } = await all.sql.query('select type from audit_events where call_id = $1', [callId])
  const count = (type: string) => audit.filter((event) => event.type === type).length
  expect([count('approval.decided'), count('attempt.started'), count('attempt.ended'), count('call.ended')]).toEqual([
    1, 1, 1, 1,
  ])
  return outcome
}
