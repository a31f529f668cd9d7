import { newChance } from '@fairlead/e2e/chance'
import { newFolder, startUp, type Up } from '@fairlead/e2e/start-up'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { inspectPage } from './inspect-page.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { newContext } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

/** From the first question to the healed shop, once the account is made. */
const MAX_CLICKS = 6

const chance = newChance()
const owned = new AsyncDisposableStack()
let browser: Browser
let up: Up

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = owned.adopt(await startChromium(), (started) => started.close())
  const folder = owned.use(await newFolder())
  up = owned.adopt(
    await startUp({ args: ['--port', '0', '--no-open', '--state', 'state'], cwd: folder.path }),
    async (started) => void (await started.stop()),
  )
}, 400_000)
afterAll(() => owned.disposeAsync(), 60_000)

test('no cluster, no key, no servers: from the first page to a healed shop, with the mouse alone', {
  timeout: 180_000,
}, async () => {
  const { context, watched } = await newContext(browser, up.url)
  const page = await context.newPage()
  await page.goto(up.setup_url ?? '')
  await page.getByLabel('Name').fill('Ada')
  await page.getByLabel('E-mail').fill(`${chance.name('ada')}@example.com`)
  await page.getByLabel('Password').fill(`correct horse ${chance.name('battery')}`)
  await page.getByRole('button', { name: 'Create account' }).click()
  const chat = chatPage(page)
  await see(chat.composer).toBeFocused()
  await see(page.getByText(/demo model/i).first()).toBeVisible()
  await see(page.getByText('sandbox').first()).toBeVisible()
  expect(await inspectPage(page, 'sandbox-home')).toEqual([])

  let clicks = 0
  const click = async (target: ReturnType<typeof page.getByRole>) => {
    clicks++
    await target.click()
  }
  await click(page.getByRole('list', { name: 'Suggestions' }).getByRole('button').first())
  await click(chat.sendButton)
  await see(chat.waiting.root).toContainText('shop/checkout')
  await see(page.getByRole('main')).toContainText('TAX_SERVICE_REGION')
  await see(chat.waiting.root, 'a place is said by its name').toContainText(/containers\[name=[\w-]+\]\.env/)
  expect(await inspectPage(page, 'sandbox-proposal')).toEqual([])
  await click(chat.waiting.approve)
  await see(page.getByRole('heading', { name: 'Healed' })).toBeVisible()
  await see(page.getByText('As approved').first()).toBeVisible()
  expect(clicks).toBeLessThanOrEqual(MAX_CLICKS)
  expect(await inspectPage(page, 'sandbox-healed')).toEqual([])
  await see(page.getByRole('heading', { level: 1 }), 'after what was asked').toContainText(/shop/i)
  await see(page.getByText('Jump to latest'), 'a window of another width is still at its end').toHaveCount(0)
  await see(page.getByRole('heading', { name: 'Healed' })).toBeInViewport()
  expect(watched).toEqual(nothingWrong)
  await context.close()
})
