import { newChance } from '@fairlead/e2e/chance'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { fillWithMessages } from './fill-with-messages.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor
let page: Page

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  ada = await newVisitor(browser, all)
  page = ada.page
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

const limit = { timeout: 60_000 }

async function conversationOf(count: number): Promise<string> {
  const { body } = await ada.account.request<{ id: string }>('POST', '/conversations', {})
  if (count > 0) await fillWithMessages(all, body.id, count)
  return body.id
}

/** Scrolls the messages to that offset, and says which one stands at the upper edge then, and where it begins. */
async function scrollTo(offset: number): Promise<{ message: string; top: number }> {
  return await page.getByRole('list', { name: 'Messages' }).evaluate(async (list, to) => {
    const box = list.parentElement?.parentElement?.parentElement
    if (!box) throw new Error('the list has no box')
    box.scrollTop = to
    // What comes into view is measured, and corrected, before anything is compared with it.
    for (let frame = 0; frame < 6; frame++)
      await new Promise((drawn) => box.ownerDocument.defaultView?.requestAnimationFrame(drawn))
    // What is below it may still grow, as code does that is coloured a moment later.
    const edge = box.getBoundingClientRect().top
    const item = [...list.children].find((it) => it.getBoundingClientRect().bottom > edge)
    return { message: item?.getAttribute('data-message') ?? '', top: item?.getBoundingClientRect().top ?? 0 }
  }, offset)
}

/** Who asks between a change above it and the correction in the same frame would see what is never drawn. */
async function staysAt(message: string, top: number): Promise<void> {
  const moved = async () => Math.abs((await topOf(message)) - top)
  await expect.poll(moved, { timeout: 5_000 }).toBeLessThanOrEqual(2)
}

const topOf = (message: string) =>
  page.locator(`[data-message="${message}"]`).evaluate((item) => item.getBoundingClientRect().top)

test('older messages come above what is read, and it stays where it is', limit, async () => {
  const id = await conversationOf(220)
  await page.goto(`/chat/${id}`)
  await see(page.getByText('answer 109,')).toBeVisible()
  const shown = page.locator('[data-message]')
  await see(shown).toHaveCount(50)
  const place = async (message: string) =>
    Number(await page.locator(`[data-message="${message}"]`).getAttribute('data-index'))
  // The second page makes them a hundred: from there on not all of them are drawn.
  for (let turn = 0; turn < 3; turn++) {
    const measured = Promise.withResolvers<void>()
    all.toEngine.interfere(({ path }) =>
      path.includes(`/conversations/${id}`) ? { do: 'hold', until: measured.promise } : { do: 'pass' },
    )
    const { message, top } = await scrollTo(500)
    const before = await place(message)
    measured.resolve()
    await expect.poll(() => place(message), { timeout: 10_000 }).toBeGreaterThan(before + 15)
    await staysAt(message, top)
  }
})

test('a hundredth message that comes while others are read moves nothing', limit, async () => {
  const id = await conversationOf(96)
  await page.goto(`/chat/${id}`)
  await see(page.getByText('answer 47,')).toBeVisible()
  await scrollTo(100)
  await see(page.locator('[data-message]')).toHaveCount(96)
  const { message, top } = await scrollTo(4_000)
  for (const words of ['one more', 'and one more', 'and a last one']) {
    const message = `${words} ${chance.name('question')}`
    all.scenes.play(message, [{ text: 'It is so.' }])
    const messages = [{ role: 'user', content: message }]
    await ada.account.request('POST', '/agent/chat', { conversation_id: id, messages })
  }
  await expect.poll(() => page.locator('[data-message]').count(), { timeout: 20_000 }).toBeLessThan(96)
  await staysAt(message, top)
  await page.getByRole('button', { name: /^Jump to latest/ }).click()
  await see(page.getByText('It is so.').last()).toBeInViewport()
})

test('who scrolls up while the composer grows is not taken back to the end', limit, async () => {
  const id = await conversationOf(40)
  await page.goto(`/chat/${id}`)
  await see(page.getByText('answer 19,')).toBeInViewport()
  const { composer } = chatPage(page)
  await composer.fill('one\ntwo\nthree\nfour\nfive')
  const { message, top } = await scrollTo(1_000)
  await see(page.getByRole('button', { name: /^Jump to latest/ })).toBeVisible()
  await composer.fill('')
  await see(page.getByText('answer 19,')).not.toBeInViewport()
  await staysAt(message, top)
})

test.each([0, 120])(
  'a link to a call leads there and stays, whatever ends meanwhile (%i messages before)',
  limit,
  async (count) => {
    const id = await conversationOf(count)
    const chat = chatPage(page)
    await page.setViewportSize({ width: 1000, height: 500 })
    await page.goto(`/chat/${id}`)
    await see(chat.composer).toBeFocused()
    const message = chance.name('what-happens')
    const read = toolCall('k8s_logs', { pod_name: chance.name('web'), namespace: 'shop' })
    all.scenes.play(message, [{ toolCalls: [read] }, { text: { pieces: 700 }, pace: { piecesPerSecond: 200 } }])
    await chat.send(message)
    const step = chat.strip.last().getByRole('link').first()
    const row = chat.row(/logs/i).last()
    for (const word of ['w300 ', 'w640 ']) {
      await see(page.getByText(word)).toBeInViewport()
      // Pressed without the help of a pointer, which would scroll there by itself.
      await step.evaluate((link) => (link as unknown as { click(): void }).click())
      await see(row).toBeInViewport()
      if (word === 'w300 ') await page.getByRole('button', { name: /^Jump to latest/ }).click()
    }
    await see(chat.stopButton).toHaveCount(0)
    await see(page.getByText('w699')).toBeAttached()
    await see(row).toBeInViewport()
    await row.click()
    if (count > 0) {
      // Scrolled away, it is not drawn; drawn again, it is as it was left.
      await scrollTo(0)
      await see(row).toHaveCount(0)
      await page.getByRole('button', { name: /^Jump to latest/ }).click()
      await step.evaluate((link) => (link as unknown as { click(): void }).click())
    }
    await see(page.getByRole('button', { name: /logs/i, expanded: true }).last()).toBeInViewport()
    await page.setViewportSize({ width: 1440, height: 1000 })
  },
)

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(ada.watched).toEqual(nothingWrong)
})
