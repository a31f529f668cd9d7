import { type JenkinsServer, startJenkinsServer } from '@fairlead/testing/jenkins/jenkins-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startChromium } from './chromium.fixture.ts'
import { inspectPage } from './inspect-page.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const owned = new AsyncDisposableStack()
let browser: Browser
let all: Installation
let jenkins: JenkinsServer
let namespace: string

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = owned.adopt(await startChromium(), (started) => started.close())
  namespace = await (await sharedApiServer()).newNamespace('logins')
  jenkins = owned.use(await startJenkinsServer({ prefix: '/ci' }))
  all = owned.adopt(await startInstallation({ credentialsNamespace: namespace }), (started) => started.close())
}, 300_000)
afterAll(() => owned.disposeAsync(), 60_000)

async function secretNames(): Promise<string[]> {
  const { body } = await all.cluster.request('GET', `/api/v1/namespaces/${namespace}/secrets`)
  return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
}

async function fill(page: Page, texts: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(texts)) await page.getByLabel(label, { exact: true }).fill(text)
}

test('an administrator sets Jenkins up, tests it, moves it and takes it away; a member looks on', {
  timeout: 180_000,
}, async () => {
  const { page, context, watched } = await newVisitor(browser, all, { rights: { role: 'admin' } })
  await page.goto('/')
  await page.getByRole('link', { name: 'Integrations' }).click()
  await see(page.getByText('No integrations yet')).toBeVisible()
  expect(await inspectPage(page, 'integrations-empty')).toEqual([])

  await page.getByRole('button', { name: 'New integration' }).click()
  const dialog = page.getByRole('dialog')
  const { name: username, token } = jenkins.user
  await fill(page, { 'API URL': 'ci.example', Username: username })
  await dialog.getByRole('button', { name: 'Create integration' }).click()
  await see(dialog.getByText('It must be an address of https or http.')).toBeVisible()
  await see(dialog.getByText('Needed.')).toBeVisible()
  await see(dialog).toContainText('counts as your approval')
  expect(await inspectPage(page, 'integrations-form')).toEqual([])
  expect(await secretNames()).toEqual([])

  await fill(page, { 'API URL': jenkins.url, 'API token': 'no-token-of-anybody' })
  await dialog.getByRole('button', { name: 'Create integration' }).click()
  await see(dialog).toContainText('Jenkins is saved')
  expect(await secretNames()).toHaveLength(1)
  await dialog.getByRole('button', { name: 'Test connection to Jenkins' }).click()
  await see(dialog.getByRole('status')).toContainText(/Unauthorized.*\(\d/)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await see(page.getByRole('listitem').filter({ hasText: jenkins.url })).toContainText('active')

  const edit = async () => {
    await page.getByRole('button', { name: 'Options for Jenkins' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await see(dialog.getByLabel('API token')).toHaveValue('')
  }
  await edit()
  await fill(page, { 'API URL': 'https://elsewhere.example' })
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await see(dialog.getByText('Needed for another address.').first()).toBeVisible()
  await fill(page, { 'API URL': jenkins.url, Username: username, 'API token': token })
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await dialog.getByRole('button', { name: 'Test connection to Jenkins' }).click()
  await see(dialog.getByRole('status')).toContainText(/Signed in as deployer \(Deployer\)\. \(\d/)
  expect(await inspectPage(page, 'integrations-saved')).toEqual([])
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Test connection to Jenkins' }).click()
  await see(page.getByRole('main').getByRole('status')).toContainText('Signed in as deployer')
  expect(await inspectPage(page, 'integrations-card')).toEqual([])
  // A kind of integration has one, and there is no other kind yet.
  await see(page.getByRole('button', { name: 'New integration' })).toHaveCount(0)

  const member = await newVisitor(browser, all, { rights: { role: 'member' } })
  await member.page.goto('/integrations')
  await see(member.page.getByRole('heading', { name: 'Jenkins' })).toBeVisible()
  for (const name of ['Options for Jenkins', 'Test connection to Jenkins', 'New integration'])
    await see(member.page.getByRole('button', { name })).toHaveCount(0)

  await edit()
  await dialog.getByLabel('Status').selectOption('Disabled')
  await dialog.getByRole('button', { name: 'Save changes' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await see(page.getByRole('listitem').filter({ hasText: jenkins.url })).toContainText('disabled')

  await page.getByRole('button', { name: 'Options for Jenkins' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await see(dialog).toContainText('counts as your approval')
  expect(await inspectPage(page, 'integrations-delete')).toEqual([])
  await dialog.getByRole('button', { name: 'Delete integration' }).click()
  await see(page.getByText('No integrations yet')).toBeVisible()
  expect(await secretNames()).toEqual([])
  await member.page.reload()
  await see(member.page.getByText('An administrator can set one up')).toBeVisible()
  expect([watched, member.watched]).toEqual([nothingWrong, nothingWrong])
  await Promise.all([context.close(), member.context.close()])
})

test('what the engine refuses stands in the dialog, with its reason, and what was typed stays', {
  timeout: 60_000,
}, async () => {
  const { page, context } = await newVisitor(browser, all, { rights: { role: 'admin' } })
  all.toCluster.interfere(({ method, path }) =>
    method !== 'GET' && path.includes('/secrets')
      ? { do: 'answer', status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } }
      : { do: 'pass' },
  )
  await page.goto('/integrations')
  await page.getByRole('button', { name: 'New integration' }).click()
  await fill(page, { 'API URL': jenkins.url, Username: 'ada', 'API token': 'a-token' })
  await page.getByRole('button', { name: 'Create integration' }).click()
  await see(page.getByRole('dialog').getByRole('alert')).toContainText(/^Failed to store credentials: /)
  await see(page.getByLabel('Username')).toHaveValue('ada')
  expect(await inspectPage(page, 'integrations-refused')).toEqual([])
  all.toCluster.interfere(() => ({ do: 'pass' }))
  await context.close()
})
