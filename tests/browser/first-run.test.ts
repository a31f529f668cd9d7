import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newChance } from '@fairlead/e2e/chance'
import { newFolder, startUp, type Up } from '@fairlead/e2e/start-up'
import { createDeployment, readDeployment } from '@fairlead/e2e/workloads'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { type ModelServer, startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { sharedApiServer } from '@fairlead/testing/shared/shared-servers'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { createScenes, type Scenes, toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { signInForm } from './sign-in-page.fixture.ts'
import { startTimedTask } from './timed-task.fixture.ts'
import { newContext } from './visitor.fixture.ts'
import { nothingWrong, type Watched } from './watch-context.fixture.ts'

const chance = newChance()
/** Of a kubeconfig whose current context is another one. */
const context = chance.name('staging')
const owned = new AsyncDisposableStack()
const person = {
  name: `Ada ${chance.name('lovelace')}`,
  email: `${chance.name('ada')}@example.com`,
  password: `correct horse ${chance.name('battery')}`,
}
let cluster: ApiServer
let scenes: Scenes
let model: ModelServer
let browser: Browser
let url: string
let setupUrl: string
let page: Page
let watched: Watched

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = owned.adopt(await startChromium(), (started) => started.close())
  cluster = await sharedApiServer()
  scenes = createScenes()
  model = owned.adopt(await startModelServer(scenes.reply), (started) => started.close())
  const folder = owned.use(await newFolder())
  const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
  const [first] = config.contexts
  const kubeconfig = join(folder.path, 'config')
  await writeFile(kubeconfig, JSON.stringify({ ...config, contexts: [first, { ...first, name: context }] }))
  const up: Up = owned.adopt(
    await startUp({
      args: ['--port', '0', '--no-open', '--state', 'state', '--kubeconfig', kubeconfig, '--context', context],
      env: { LLM_MODEL: 'openai/scripted', LLM_HOST: model.url, OPENAI_API_KEY: 'key', MAX_AUTO_CONTINUE_TURNS: '0' },
      cwd: folder.path,
    }),
    async (started) => void (await started.stop()),
  )
  url = up.url
  setupUrl = up.setup_url ?? ''
  const made = await newContext(browser, url)
  watched = made.watched
  page = await made.context.newPage()
}, 400_000)
afterAll(() => owned.disposeAsync(), 60_000)

test('without the set-up link, or with another one, there is no first account', { timeout: 60_000 }, async () => {
  const stranger = await newContext(browser, url)
  const theirs = await stranger.context.newPage()
  const make = async () => {
    await theirs.getByLabel('Name').fill('Eve')
    await theirs.getByLabel('E-mail').fill('eve@evil.example')
    await theirs.getByLabel('Password').fill('a long password')
    await theirs.getByRole('button', { name: 'Create account' }).click()
  }
  const fault = theirs.getByRole('alert').filter({ hasText: /\S/ })
  const setUp = theirs.getByLabel('Set-up link')
  await theirs.goto('/welcome')
  await make()
  await see(fault).toHaveText('The set-up link of this installation is needed')
  await setUp.fill('not the one')
  await theirs.getByRole('button', { name: 'Create account' }).click()
  await see(fault).toHaveText('The set-up link of this installation is needed')
  // One of another installation.
  await theirs.goto('about:blank')
  await theirs.goto(`/welcome#secret=${'x'.repeat(43)}`)
  await see(theirs).toHaveURL('/welcome')
  await see(setUp).toHaveCount(0)
  await make()
  await see(fault).toHaveText('The set-up link of this installation is needed')
  await see(setUp, 'it asks for the right one').toBeVisible()
  await theirs.goto('/')
  await see(theirs).toHaveURL('/welcome')
  expect(stranger.watched).toEqual(nothingWrong)
  await stranger.context.close()
})

test('with nobody there, every path leads to the first account, and once it is made, none does', {
  timeout: 60_000,
}, async () => {
  const [welcome, secret = ''] = setupUrl.split('#secret=')
  expect([welcome, Buffer.from(secret, 'base64url').length]).toEqual([`${url}/welcome`, 32])
  for (const path of ['/', '/login', '/approvals', '/chat/6f1c2d3e-4a5b-4c6d-8e7f-901a2b3c4d5e']) {
    await page.goto(path)
    await see(page).toHaveURL('/welcome')
  }
  const setUp = page.getByLabel('Set-up link')
  await see(setUp, 'without the link it says what is needed').toBeVisible()
  await see(page.getByText('fairlead up').first()).toBeVisible()
  // The link is opened in the tab that asks for it, and nothing else is asked for then.
  await page.goto(setupUrl)
  await see(page).toHaveURL('/welcome')
  await see(setUp).toHaveCount(0)
  const kept = await page.evaluate('location.hash + JSON.stringify({ ...sessionStorage, ...localStorage })')
  expect(kept).not.toContain(secret)
  await page.getByRole('button', { name: 'Create account' }).click()
  await see(page.getByText('Enter your name.')).toBeVisible()
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await see(page.getByText('Choose at least 8 characters.')).toBeVisible()
  await see(page).toHaveURL(/\/welcome/)
  await page.getByLabel('Password').fill(person.password)
  // What only the engine knows to be wrong comes as a list of fields.
  await page.getByLabel('E-mail').fill(`${chance.name('ada')}..@example..com`)
  await page.getByRole('button', { name: 'Create account' }).click()
  await see(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveText(/^email: \w/)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByRole('button', { name: 'Create account' }).click()
  await see(page).toHaveURL('/')
  await see(chatPage(page).composer).toBeFocused()
  await page.goto('/welcome')
  await see(page).toHaveURL('/')
  const stranger = await newContext(browser, url)
  const theirs = await stranger.context.newPage()
  await theirs.goto('/welcome')
  await see(theirs).toHaveURL(/\/login/)
  await stranger.context.close()
})

test('a newcomer asks from a suggestion and sees what the cluster says', { timeout: 60_000 }, async () => {
  requireNodes(cluster)
  const namespace = await cluster.newNamespace(chance.name('shop'))
  const place = { server: cluster, namespace }
  const name = chance.name('web')
  await createDeployment(place, { name, replicas: 2 })
  await expect.poll(async () => (await readDeployment(place, name)).status.readyReplicas, { timeout: 20_000 }).toBe(2)
  await page.goto('/')
  const chat = chatPage(page)
  const task = startTimedTask()
  await task.press(page.getByRole('button', { name: 'List pods in a namespace' }))
  await see(chat.composer).toBeFocused()
  // What is to be filled in is selected: typing replaces it.
  await task.type(page, namespace)
  const message = await chat.composer.inputValue()
  expect(message).toContain(namespace)
  scenes.play(message, [
    { toolCalls: [toolCall('k8s_get', { resource_type: 'pods', namespace })] },
    { text: 'Two pods run.' },
  ])
  await task.press(chat.sendButton)
  const row = chat.row(/^Completed .*Pods /)
  await see(row).toBeVisible()
  task.ended({ clicks: 2, seconds: 6 })
  await see(page.getByText('Two pods run.')).toBeVisible()
  await row.click()
  await see(page.getByText(name).first()).toBeVisible()
})

test('the header tells what the tools act on and who answers', async () => {
  const header = page.getByRole('banner').or(page.locator('header')).first()
  await see(header).toContainText('openai/scripted')
  await see(header).toContainText(context)
  await see(header).not.toContainText('sandbox')
  await header.getByRole('button').first().click()
  await see(page.getByRole('dialog', { name: 'Cluster' })).toContainText('Namespaces')
  await page.keyboard.press('Escape')
})

test('a change is asked for, read, approved, done and verified', { timeout: 60_000 }, async () => {
  requireNodes(cluster)
  const namespace = await cluster.newNamespace(chance.name('shop'))
  const place = { server: cluster, namespace }
  const name = chance.name('web')
  const [before, after] = [chance.number(1, 3), chance.number(4, 6)]
  await createDeployment(place, { name, replicas: before })
  const message = `scale ${name} in ${namespace} to ${after}`
  const args = { resource_type: 'deployment', name, namespace, replicas: after }
  scenes.play(message, [{ toolCalls: [toolCall('k8s_scale', args)] }, { text: 'It is scaled.' }])
  await page.goto('/')
  const chat = chatPage(page)
  await chat.send(message)
  const card = chat.card(`Scale ${name} ${before} → ${after} in ${namespace}`)
  await see(card.approve).toBeEnabled()
  expect((await readDeployment(place, name)).spec.replicas).toBe(before)
  await card.approve.click()
  await see(card.root).toContainText('As approved')
  await see(page.getByText('It is scaled.')).toBeVisible()
  expect((await readDeployment(place, name)).spec.replicas).toBe(after)
  const audit = await page.request.get('/api/v1/audit?limit=50')
  expect(await audit.text()).toContain('approval.decided')
})

test('signed out and in again, everything is where it was', { timeout: 60_000 }, async () => {
  requireNodes(cluster)
  const place = page.url()
  await page.getByRole('button', { name: 'Log out' }).click()
  await see(page).toHaveURL(/\/login/)
  await page.goto(place)
  await see(page).toHaveURL(/\/login\?next=/)
  await signInForm(page).fill(person)
  await see(page).toHaveURL(place)
  await see(page.getByText('It is scaled.')).toBeVisible()
  await see(page.getByText('As approved', { exact: true })).toBeVisible()
})

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(watched).toEqual(nothingWrong)
})
