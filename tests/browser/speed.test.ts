import { gzipSync } from 'node:zlib'
import { newChance } from '@fairlead/e2e/chance'
import type { Browser, BrowserContext } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { fillWithMessages } from './fill-with-messages.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { HEAP_MB, heapOf, measured, measuring, nothingFelt, startMeasuring } from './measure.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  ada = await newVisitor(browser, all)
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

const KB = 1024
const SCRIPT_LIMIT = 230 * KB

/** Script of one load with an empty cache, as it travels compressed, until the page rests. */
async function scriptWeight(
  context: BrowserContext,
  path: string,
): Promise<{ total: number; files: [string, number][] }> {
  const page = await context.newPage()
  const files = new Map<string, number>()
  const pending: Promise<unknown>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    pending.push(response.body().then((body) => files.set(new URL(response.url()).pathname, gzipSync(body).length)))
  })
  await page.goto(path, { waitUntil: 'load' })
  await see(chatPage(page).composer).toBeVisible()
  await page.waitForTimeout(2_000)
  await Promise.all(pending)
  await page.close()
  const weights = [...files].toSorted(([, one], [, other]) => other - one)
  return { total: weights.reduce((sum, [, bytes]) => sum + bytes, 0), files: weights }
}

test('the first load of home, of a new chat and of one with an answer brings at most 230 KB of script', {
  timeout: 60_000,
}, async () => {
  const { body: made } = await ada.account.request<{ id: string }>('POST', '/conversations', {})
  const { body: answered } = await ada.account.request<{ id: string }>('POST', '/conversations', {})
  const question = chance.name('what-is-it')
  all.scenes.play(question, [{ text: 'It is **this**, see `that`:\n\n| one | two |\n| --- | --- |\n| 1 | 2 |' }])
  const messages = [{ role: 'user', content: question }]
  const { status } = await ada.account.request('POST', '/agent/chat', { conversation_id: answered.id, messages })
  expect(status).toBe(200)
  for (const path of ['/', `/chat/${made.id}`, `/chat/${answered.id}`]) {
    const { total, files } = await scriptWeight(ada.context, path)
    const told = `${path}: ${(total / KB).toFixed(1)} KB in ${files.length} files\n${files.map(([name, bytes]) => `${(bytes / KB).toFixed(1).padStart(7)} ${name}`).join('\n')}`
    console.info(told)
    expect(total, told).toBeLessThanOrEqual(SCRIPT_LIMIT)
  }
})

test(
  '2,000 messages, and 200 events a second on top: no task over 50 ms, no interaction over 100 ms',
  measuring,
  async () => {
    const { page, account } = ada
    const { body: made } = await account.request<{ id: string }>('POST', '/conversations', {})
    await fillWithMessages(all, made.id, 2_000)
    // All of it as one page, as older clients get it from the same engine.
    all.toEngine.interfere(async ({ method, path }) => {
      if (method !== 'GET' || !path.startsWith(`/api/v1/conversations/${made.id}`)) return { do: 'pass' }
      const { body } = await account.request<Record<string, unknown>>('GET', `/conversations/${made.id}`)
      return { do: 'answer', status: 200, body: { ...body, pagination: undefined } }
    })
    await page.goto('/')
    const chat = chatPage(page)
    await see(chat.composer).toBeFocused()
    await startMeasuring(page)
    await page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: 'Untitled chat' }).first().click()
    await see(page.getByText('answer 999,')).toBeVisible({ timeout: 30_000 })
    await page.waitForTimeout(1_000)
    const question = chance.name('flood')
    const [namespace, name] = [chance.name('shop'), chance.name('web')]
    all.tools?.workloads.replicas.set(`${namespace}/${name}`, 1)
    const call = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: 3 })
    all.scenes.play(question, [
      { text: { pieces: 1_600 }, pace: { piecesPerSecond: 200 }, toolCalls: [call] },
      { text: { pieces: 600 }, pace: { piecesPerSecond: 200 } },
    ])
    await chat.composer.click()
    await chat.send(question)
    await see(page.getByText('w100 ')).toBeVisible()
    await page.keyboard.type('what a person types meanwhile', { delay: 30 })
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.mouse.move(700, 400)
    for (let turn = 0; turn < 10; turn++) {
      await page.mouse.wheel(0, turn % 2 ? 900 : -900)
      await page.waitForTimeout(100)
    }
    const card = chat.card(`scale Deployment ${namespace}/${name} 1 -> 3`)
    await see(card.approve).toBeEnabled()
    await card.tab('YAML').click()
    await card.tab('Changes').click()
    await card.approve.click()
    await see(page.getByText('w599')).toBeVisible()
    await see(chat.stopButton).toHaveCount(0)
    const felt = await measured(page)
    const heap = await heapOf(page)
    console.info(JSON.stringify(felt), `${heap} MB`)
    expect(felt).toEqual(nothingFelt)
    expect(heap).toBeLessThan(HEAP_MB)
    all.toEngine.interfere(() => ({ do: 'pass' }))
  },
)
