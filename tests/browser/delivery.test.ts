import { type DeliveryIncident, newDeliveryIncident, startDeliveryCharts } from '@fairlead/gate-tests/delivery-incident'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { writesIn } from '@fairlead/testing/cluster/cluster-writes'
import { type ChartServer, helmSettings } from '@fairlead/testing/helm/charts'
import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import type { ScriptedToolCall } from '@fairlead/testing/model/model-script'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { inspectPage } from './inspect-page.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const owned = new AsyncDisposableStack()
let cluster: ApiServer
let browser: Browser
let all: Installation
let jenkins: JenkinsServer
let charts: ChartServer
let incident: DeliveryIncident
let ada: Visitor

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = owned.adopt(await startChromium(), (started) => started.close())
  cluster = await sharedApiServer()
  jenkins = owned.use(await startJenkinsServer({ prefix: '/ci' }))
  charts = owned.use(await startDeliveryCharts())
  const [credentialsNamespace, toolServer] = await Promise.all([
    cluster.newNamespace('logins'),
    helmSettings(4, charts.url),
  ])
  const groups = { MCP_TOOLSETS: 'all' }
  all = owned.adopt(
    await startInstallation({ credentialsNamespace, toolServer: { ...toolServer, ...groups } }),
    (started) => started.close(),
  )
  incident = await newDeliveryIncident(cluster, jenkins)
  ada = await newVisitor(browser, all, { rights: { role: 'admin' } })
}, 300_000)
afterAll(() => owned.disposeAsync(), 60_000)

async function setUpJenkins(page: Page): Promise<void> {
  await page.goto('/integrations')
  await page.getByRole('button', { name: 'New integration' }).click()
  const { name: username, token } = jenkins.user
  await page.getByLabel('API URL').fill(jenkins.url)
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('API token').fill(token)
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Create integration' }).click()
  await see(dialog).toContainText('Jenkins is saved')
  await dialog.getByRole('button', { name: 'Done' }).click()
}

/** What the model calls when it is asked so. */
async function ask(message: string, calls: ScriptedToolCall[], words: string): Promise<void> {
  all.scenes.play(message, [{ toolCalls: calls }, { text: words }])
  await chatPage(ada.page).send(message)
}

test('from the login of a Jenkins to the build after the repair, each change on its card', {
  timeout: 180_000,
}, async () => {
  const { page, watched } = ada
  const { namespace, release, job, good, bad, reads, writes, rollout } = incident
  await setUpJenkins(page)
  const chat = await newChat(page)
  await ask('Why did the build fail?', [reads.log], 'The push was denied.')
  await see(page.getByText('The push was denied.')).toBeVisible()
  await chat.row(/Log of the last build/).click()
  await see(page.getByText(incident.cause).first()).toBeVisible()
  expect(await inspectPage(page, 'delivery-reads')).toEqual([])

  await ask('How is the release?', [reads.history, reads.status], 'Its Rollout is stuck.')
  await see(page.getByText('Its Rollout is stuck.')).toBeVisible()
  await ask('Abort it.', [writes.abort], 'It is aborted.')
  const abort = chat.waiting
  await see(abort.root).toContainText(`Abort Rollout ${namespace}/${release}`)
  await see(abort.approve).toBeEnabled()
  expect(await inspectPage(page, 'delivery-argo')).toEqual([])
  await abort.approve.click()
  await see(page.getByText('It is aborted.')).toBeVisible()
  expect((await rollout()).status).toMatchObject({ abort: true, phase: 'Degraded' })
  await see(page.getByText('as approved', { exact: true })).toHaveCount(1)

  await ask('Roll the release back.', [writes.rollBack], 'It is rolled back.')
  const back = chat.waiting
  await see(back.root).toContainText(`Roll release ${namespace}/${release} back from revision 2 to 1`)
  await see(back.root).toContainText(`web:${bad}`)
  await see(back.root).toContainText(`web:${good}`)
  await see(back.root).toContainText(`runs Job ${release}-migrate as a hook: pre-rollback`)
  await see(back.approve).toBeEnabled()
  await back.root.getByRole('heading').first().scrollIntoViewIfNeeded()
  expect(await inspectPage(page, 'delivery-helm')).toEqual([])
  await back.approve.click()
  await see(page.getByText('It is rolled back.')).toBeVisible({ timeout: 60_000 })
  await expect.poll(async () => (await rollout()).status.phase, { timeout: 30_000 }).toBe('Healthy')
  await see(page.getByText('as approved', { exact: true })).toHaveCount(2)

  await ask('Build it again.', [writes.build], 'It is in the queue.')
  const build = chat.waiting
  await see(build.root).toContainText(`Build ${job}`)
  await see(build.root).toContainText('VERSION')
  await see(build.root).toContainText('there is no dry run and no diff')
  await see(build.approve).toBeEnabled()
  expect(await inspectPage(page, 'delivery-jenkins')).toEqual([])
  await build.approve.click()
  await see(page.getByText('It is in the queue.')).toBeVisible()
  expect(await inspectPage(page, 'delivery-done')).toEqual([])
  // Each write is of one of the three calls, by the record of whoever was written to.
  const posts = jenkins.requests.filter(({ method }) => method === 'POST')
  expect(posts).toMatchObject([{ form: { VERSION: good } }])
  const calls = [
    ...(await writesIn(cluster, [namespace])).map(({ callId }) => callId),
    ...posts.map(({ userAgent }) => / call\/(\S+)$/.exec(userAgent ?? '')?.[1]),
  ]
  const decided = await all.sql.query(
    "select call_id from audit_events where type = 'approval.decided' and conversation_id is not null",
  )
  expect(new Set(calls)).toEqual(new Set(decided.rows.map(({ call_id }) => call_id)))
  expect(decided.rows).toHaveLength(3)
  expect(watched).toEqual(nothingWrong)
})

test('each other kind of change has its card as well', { timeout: 240_000 }, async () => {
  const { page, watched } = ada
  const { namespace, release, job, build } = incident
  const [place, web] = [{ release_name: release, namespace }, `${charts.url}/web-1.1.0.tgz`]
  const [running] = jenkins.jobs.get(job)?.builds ?? []
  Object.assign(running ?? {}, { building: true, result: null })
  const chat = await newChat(page)
  const cards: [string, ScriptedToolCall, string[]][] = [
    [
      'debug',
      {
        name: 'k8s_debug',
        args: {
          pod_name: await runningPod(),
          namespace,
          image: `tools@sha256:${'a'.repeat(64)}`,
          argv: ['nslookup', 'db'],
        },
      },
      ['"nslookup"', '"db"', 'runs an image of its own in the pod, in its network'],
    ],
    [
      'queue-item',
      { name: 'jenkins_cancel_queue_item', args: { queueId: jenkins.queue.at(-1)?.id } },
      [job, 'cancelled'],
    ],
    [
      'install',
      { name: 'helm_install', args: { ...place, release_name: `${release}-b`, chart: web, create_namespace: false } },
      [`Install release ${namespace}/${release}-b from chart web-1.1.0`, 'Rollout', `${release}-b-settings`],
    ],
    [
      'upgrade',
      { name: 'helm_upgrade', args: { ...place, chart: web, values: 'replicas: 3\nimage: { tag: "9" }' } },
      ['with replicas, image set', `Job ${release}-migrate as a hook: pre-upgrade`, 'web:9', `${release} runs web:9.`],
    ],
    ['uninstall', { name: 'helm_uninstall', args: place }, [`${release}-settings`, 'Uninstall release']],
    [
      'set-image',
      { name: 'argo_set_image', args: { name: release, namespace, image: 'app=web:9' } },
      ['→ web:9', 'step 1/4: set weight 50 %, then pause until it is promoted'],
    ],
    [
      'stop',
      { name: 'jenkins_stop_build', args: { jobFullName: job, build: String(running?.number) } },
      ['Stop build', 'building'],
    ],
    [
      'update-build',
      { name: 'jenkins_update_build', args: { jobFullName: job, build, description: 'Quota was exceeded.' } },
      ['Quota was exceeded.', 'there is no dry run and no diff'],
    ],
  ]
  for (const [state, call, words] of cards) {
    await ask(`Show ${state}.`, [call], `That was ${state}.`)
    const card = chat.waiting
    for (const word of words) await see(card.root).toContainText(word)
    await see(card.deny).toBeEnabled()
    expect(await inspectPage(page, `delivery-${state}`)).toEqual([])
    await card.denyBecause('It was only to be seen.')
    await see(page.getByText(`That was ${state}.`)).toBeVisible()
  }
  expect(watched).toEqual(nothingWrong)
})

async function runningPod(): Promise<string> {
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${incident.namespace}/pods`)
  const { items } = body as { items: { metadata: { name: string }; status: { phase: string } }[] }
  const running = items.find(({ status }) => status.phase === 'Running')
  if (running === undefined) throw new Error('no pod runs')
  return running.metadata.name
}
