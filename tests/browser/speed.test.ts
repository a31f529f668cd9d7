import { gzipSync } from 'node:zlib'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { newChance } from '@fairlead/e2e/chance'
import type { Reply } from '@fairlead/testing/model/model-script'
import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { fillWithMessages } from './fill-with-messages.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { HEAP_MB, measured, measuring, startMeasuring } from './measure.fixture.ts'
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
const SCRIPT_KB = 250
/** The page rests when it has loaded no script for so long. */
const REST_MS = 1_000

/** Script of one load with an empty cache, as it travels compressed, until `last` is there and the page rests. */
async function scriptWeight(
  context: BrowserContext,
  path: string,
  last: (page: Page) => Locator,
): Promise<{ total: number; files: [string, number][] }> {
  const page = await context.newPage()
  const files = new Map<string, number>()
  const pending: Promise<unknown>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    pending.push(
      response.body().then((body) => files.set(new URL(response.url()).pathname, gzipSync(body, { level: 9 }).length)),
    )
  })
  await page.goto(path, { waitUntil: 'load' })
  await see(last(page)).toBeVisible()
  for (let before = -1; before !== pending.length; await page.waitForTimeout(REST_MS)) before = pending.length
  await Promise.all(pending)
  await page.close()
  const weights = [...files].toSorted(([, one], [, other]) => other - one)
  return { total: weights.reduce((sum, [, bytes]) => sum + bytes, 0), files: weights }
}

test('the first load of home and of chats, one with a change that waits too, brings at most 250 KB of script', {
  timeout: 120_000,
}, async () => {
  const newConversation = async () => (await ada.account.request<{ id: string }>('POST', '/conversations', {})).body.id
  /** A conversation in which this has been said and done. */
  const played = async (...scene: Reply[]) => {
    const [id, message] = [await newConversation(), chance.name('what-is-it')]
    all.scenes.play(message, scene)
    const messages = [{ role: 'user', content: message }]
    const { status } = await ada.account.request('POST', '/agent/chat', { conversation_id: id, messages })
    expect(status).toBe(200)
    return `/chat/${id}`
  }
  const said = { text: 'It is **this**, see `that`:\n\n| one | two |\n| --- | --- |\n| 1 | 2 |' }
  const read = { toolCalls: [toolCall('k8s_logs', { pod_name: chance.name('web'), namespace: 'shop' })] }
  const [namespace, name] = [chance.name('shop'), chance.name('web')]
  all.tools?.workloads.replicas.set(`${namespace}/${name}`, 1)
  const change = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: 3 })
  const composer = (page: Page) => chatPage(page).composer
  const table = (page: Page) => page.getByRole('table')
  const approve = (page: Page) => chatPage(page).waiting.approve
  const proposed = (text: string) => played(read, { text, toolCalls: [change] })
  /** A change that was approved, and another one that waits below a text. */
  const proposedAgain = async (text: string) => {
    const back = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: 1 })
    const path = await played(read, { toolCalls: [change] }, { text, toolCalls: [back] })
    const waiting = async () => {
      const { body } = await ada.account.request<{ items: ApprovalItem[] }>('GET', '/approvals?limit=50')
      return body.items.filter(({ conversation_id }) => path.endsWith(conversation_id))
    }
    const [first] = await waiting()
    const { call_id, args_digest, effect_digest } = first as ApprovalItem
    await ada.account.request('POST', `/approvals/${call_id}/decision`, { approve: true, args_digest, effect_digest })
    await expect.poll(async () => (await waiting()).map((item) => item.call_id === call_id)).toEqual([false])
    return path
  }
  const loads = [
    ['home', '/', composer],
    ['a new chat', `/chat/${await newConversation()}`, composer],
    ['an answer after a read', await played(read, said), table],
    ['a change that waits', await proposed('It lacks replicas (1 of 3). I will scale it.'), approve],
    ['the same after a text with marks', await proposed('I will **scale** it.'), approve],
    ['the same after a table and a change that is done', await proposedAgain(said.text), approve],
  ] as const
  const heavy: string[] = []
  for (const [what, path, last] of loads) {
    const { total, files } = await scriptWeight(ada.context, path, last)
    const lines = files.map(([file, bytes]) => `${(bytes / KB).toFixed(1).padStart(7)} ${file}`)
    console.info(`${what}: ${(total / KB).toFixed(1)} KB in ${files.length} files\n${lines.join('\n')}`)
    if (total > SCRIPT_KB * KB) heavy.push(`${what}: ${(total / KB).toFixed(1)} KB`)
  }
  expect(heavy).toEqual([])
})

test(
  '2,000 messages, and 200 events a second on top: everything answers, and little memory is held',
  measuring,
  async ({ task }) => {
    const { page, account } = ada
    const newConversation = async (title: string, messages: number) => {
      const { body } = await account.request<{ id: string }>('POST', '/conversations', {})
      await account.request('PATCH', `/conversations/${body.id}`, { title })
      await fillWithMessages(all, body.id, messages)
      return body.id
    }
    const [large, small] = [chance.name('large'), chance.name('small')]
    const id = await newConversation(large, 2_000)
    await newConversation(small, 20)
    // All of it as one page, as older clients get it from the same engine.
    all.toEngine.interfere(async ({ method, path }) => {
      if (method !== 'GET' || !path.startsWith(`/api/v1/conversations/${id}`)) return { do: 'pass' }
      const { body } = await account.request<Record<string, unknown>>('GET', `/conversations/${id}`)
      return { do: 'answer', status: 200, body: { ...body, pagination: undefined } }
    })
    await page.goto('/')
    const chat = chatPage(page)
    const open = async (title: string) => {
      await page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: title }).click()
      await see(page).toHaveTitle(new RegExp(title))
    }
    await see(chat.composer).toBeFocused()
    await startMeasuring(page)
    await open(small)
    await see(page.getByText('answer 9,')).toBeVisible()
    await open(large)
    await see(page.getByText('answer 999,')).toBeVisible()
    const message = chance.name('flood')
    const pod = chance.name('web')
    all.scenes.play(message, [
      { toolCalls: [toolCall('k8s_logs', { pod_name: pod, namespace: 'shop' })] },
      // Stopped once everything has been tried.
      { text: { pieces: 40_000 }, pace: { piecesPerSecond: 200 } },
    ])
    await chat.composer.click()
    await chat.send(message)
    await see(page.getByText('w100 ')).toBeVisible()
    await page.keyboard.type('what a person types meanwhile', { delay: 30 })
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.mouse.move(700, 400)
    for (let turn = 0; turn < 10; turn++) {
      await page.mouse.wheel(0, turn % 2 ? 900 : -900)
      await page.waitForTimeout(100)
    }
    await chat.row(/logs/i).click()
    await see(page.getByText(`k8s_logs {"pod_name":"${pod}"`).first()).toBeVisible()
    await open(small)
    await see(page.getByText('answer 9,')).toBeVisible()
    await open(large)
    await see(page.getByText('w100 ')).toBeAttached()
    await page.keyboard.press('Control+k')
    await page.keyboard.type(small.slice(0, 8), { delay: 30 })
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: /^Approvals/ }).click()
    await see(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible()
    await open(large)
    await chat.composer.blur()
    await page.keyboard.press('?')
    await see(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await see(chat.stopButton, 'it streams all the while').toBeVisible()
    await page.keyboard.press('Control+.')
    await see(chat.stopButton).toHaveCount(0)

    const [namespace, name] = [chance.name('shop'), chance.name('web')]
    all.tools?.workloads.replicas.set(`${namespace}/${name}`, 1)
    const scale = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: 3 })
    const change = chance.name('scale')
    all.scenes.play(change, [{ toolCalls: [scale] }, { text: { pieces: 600 }, pace: { piecesPerSecond: 200 } }])
    await chat.send(change)
    const card = chat.card(`Scale ${name} 1 → 3 in ${namespace}`)
    await see(card.approve).toBeEnabled()
    for (const tab of ['YAML diff', 'Arguments', 'Changes']) await card.tab(tab).click()
    await card.approve.click()
    await see(page.getByText('w599')).toBeVisible()
    await see(chat.stopButton).toHaveCount(0)
    const felt = await measured(page)
    console.info(JSON.stringify(felt))
    task.meta.felt = felt
    expect(felt.heapMb).toBeLessThan(HEAP_MB)
    all.toEngine.interfere(() => ({ do: 'pass' }))
  },
)
