import { type DeliveryIncident, newDeliveryIncident, startDeliveryCharts } from '@fairlead/gate-tests/delivery-incident'
import { helmSettings } from '@fairlead/testing/helm/charts'
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
let browser: Browser
let all: Installation
let jenkins: JenkinsServer
let incident: DeliveryIncident
let ada: Visitor

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = owned.adopt(await startChromium(), (started) => started.close())
  const cluster = await sharedApiServer()
  jenkins = owned.use(await startJenkinsServer({ prefix: '/ci' }))
  const charts = owned.use(await startDeliveryCharts())
  const [credentialsNamespace, toolServer] = await Promise.all([
    cluster.newNamespace('logins'),
    helmSettings(4, charts.url),
  ])
  all = owned.adopt(await startInstallation({ credentialsNamespace, toolServer }), (started) => started.close())
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

  await ask('Roll the release back.', [writes.rollBack], 'It is rolled back.')
  const back = chat.waiting
  await see(back.root).toContainText(`Roll release ${namespace}/${release} back from revision 2 to 1`)
  await see(back.root).toContainText(`web:${bad}`)
  await see(back.root).toContainText(`web:${good}`)
  await see(back.approve).toBeEnabled()
  await back.root.getByRole('heading').first().scrollIntoViewIfNeeded()
  expect(await inspectPage(page, 'delivery-helm')).toEqual([])
  await back.approve.click()
  await see(page.getByText('It is rolled back.')).toBeVisible({ timeout: 60_000 })
  await expect.poll(async () => (await rollout()).status.phase, { timeout: 30_000 }).toBe('Healthy')

  await ask('Build it again.', [writes.build], 'It is in the queue.')
  const build = chat.waiting
  await see(build.root).toContainText(`Build ${job}`)
  await see(build.root).toContainText('VERSION')
  await see(build.approve).toBeEnabled()
  expect(await inspectPage(page, 'delivery-jenkins')).toEqual([])
  await build.approve.click()
  await see(page.getByText('It is in the queue.')).toBeVisible()
  expect(await inspectPage(page, 'delivery-done')).toEqual([])
  expect(jenkins.requests.filter(({ method }) => method === 'POST')).toMatchObject([{ form: { VERSION: good } }])
  expect(watched).toEqual(nothingWrong)
})
