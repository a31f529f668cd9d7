import { randomUUID } from 'node:crypto'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { newChance } from '@fairlead/e2e/chance'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newScaling, type Scaling } from './change.fixture.ts'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { inboxPage } from './inbox-page.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { expectBound, sentDecisions } from './sent-decisions.fixture.ts'
import { startTimedTask } from './timed-task.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser
let namespace: string
let ada: Visitor

beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation()
  namespace = await all.cluster.newNamespace(chance.name('shop'))
  ada = await newVisitor(browser, all)
}, 400_000)
afterEach(async () => {
  all.toEngine.interfere(() => ({ do: 'pass' }))
  // Denying one may bring up the next of its turn.
  const undecided = async () => {
    const waiting = await items()
    for (const { call_id, args_digest, effect_digest } of waiting) {
      await ada.account.request('POST', `/approvals/${call_id}/decision`, {
        approve: false,
        args_digest,
        effect_digest,
      })
    }
    const { rows } = await all.sql.query("select 1 from runs where status = 'running'")
    return waiting.length + rows.length
  }
  await expect.poll(undecided, { timeout: 15_000 }).toBe(0)
})
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

/** Asks past the page, as from another device. Resolves to the run's conversation once its calls wait. */
async function raise(message: string): Promise<string> {
  const { body: made } = await ada.account.request<{ id: string }>('POST', '/conversations', {})
  const messages = [{ role: 'user', content: message }]
  await ada.account.request('POST', '/agent/chat', { conversation_id: made.id, messages })
  return made.id
}

const scaling = () => newScaling(all, chance, { namespace })

/** One turn that would scale several workloads. */
async function turnOf(several: readonly Scaling[], words = 'All decided.'): Promise<string> {
  const message = `scale all of them, ${randomUUID().slice(0, 8)}`
  all.scenes.play(message, [{ toolCalls: several.map(({ call }) => call) }, { text: words }])
  return message
}

async function ask(page: Page, message: string) {
  const chat = await newChat(page)
  await chat.send(message)
  await see(page).toHaveURL(/\/chat\//)
  return chat
}

// Hooks run from the last to the first: this one sees the pages as the test left them.
afterEach((context) => keepFailure(context, browser))

test('a call raised elsewhere comes within two seconds, and is approved by two presses from any page', {
  timeout: 60_000,
}, async () => {
  const change = await scaling()
  const { page } = ada
  await page.goto('/approvals')
  await see(page.getByText('Nothing waits for you')).toBeVisible()
  await page.goto('/')
  await see(chatPage(page).composer).toBeFocused()
  await raise(change.message)
  const entry = page.getByRole('link', { name: /^Approvals,? ?1 waiting/ })
  await see(entry).toBeVisible({ timeout: 2_000 })
  await see(page).toHaveTitle(/^\(1\) /)
  const task = startTimedTask()
  await task.press(entry)
  const inbox = inboxPage(page)
  await see(inbox.row(change.summary)).toContainText(ada.account.email)
  await see(inbox.row(change.summary)).toContainText(change.message)
  await see(inbox.card.root).toContainText(`spec.replicas`)
  await task.press(inbox.card.approve)
  await see(inbox.row(change.summary)).toContainText(/approved/i)
  task.ended({ clicks: 2, seconds: 6 })
  await see(inbox.row(change.summary)).toHaveCount(0)
  await expect.poll(async () => (await change.read()).spec.replicas, { timeout: 10_000 }).toBe(change.after)
  await see(page).not.toHaveTitle(/^\(/)
})

test('rows are filtered and ordered by the address, opened by it, and keep nothing else of their conversation', {
  timeout: 60_000,
}, async () => {
  const [low, gone] = [await scaling(), await scaling()]
  const secret = chance.name('never-shown')
  const many = await turnOf([low])
  all.scenes.play(`${many}\n${secret}`, [{ toolCalls: [low.call] }])
  await raise(`${many}\n${secret}`)
  const removal = `remove ${gone.name}, ${randomUUID().slice(0, 4)}`
  const args = { resource_type: 'deployment', name: gone.name, namespace }
  all.scenes.play(removal, [{ toolCalls: [{ name: 'k8s_delete', args }] }])
  await raise(removal)
  const bodies: string[] = []
  ada.page.on('response', async (response) => {
    if (/\/api\/v1\/approvals/.test(response.url())) bodies.push(await response.text().catch(() => ''))
  })
  const { page } = ada
  await page.goto('/approvals?risk=high')
  const inbox = inboxPage(page)
  const deletion = (await items()).find(({ tool }) => tool === 'k8s_delete')
  await see(inbox.rows).toHaveCount(1)
  await see(inbox.row(deletion?.effect?.summary ?? '')).toBeVisible()
  await page.goto('/approvals?sort=risk')
  await see(inbox.rows).toHaveCount(2)
  await see(inbox.rows.first()).toContainText(deletion?.effect?.summary ?? '')
  await page.goto(`/approvals/${deletion?.call_id}`)
  await see(inbox.card.root).toContainText(gone.name)
  await see(inbox.card.root).toContainText(/high risk/i)
  await see(page.getByRole('link', { name: /conversation|chat/i }).first()).toBeVisible()
  await page.keyboard.press('k')
  await see(page.getByRole('main').getByText(secret)).toHaveCount(0)
  expect(bodies.length).toBeGreaterThan(0)
  for (const body of bodies) expect(body).not.toContain(secret)
})

const items = async () =>
  (await ada.account.request<{ items: ApprovalItem[] }>('GET', '/approvals?limit=50')).body.items

test('what is decided elsewhere goes in place, and a link to it tells who decided', { timeout: 60_000 }, async () => {
  const change = await scaling()
  await raise(change.message)
  const { page } = ada
  const [item] = await items()
  await page.goto(`/approvals/${item?.call_id}`)
  const inbox = inboxPage(page)
  await see(inbox.card.approve).toBeEnabled()
  const { call_id, args_digest, effect_digest } = item as ApprovalItem
  await ada.account.request('POST', `/approvals/${call_id}/decision`, {
    approve: false,
    reason: 'not now',
    args_digest,
    effect_digest,
  })
  await see(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0, { timeout: 2_000 })
  await see(page.getByText(/denied/i).first()).toBeVisible()
  await page.goto(`/approvals/${call_id}`)
  await see(page.getByText(/denied/i).first()).toBeVisible()
  await see(
    page
      .getByText(ada.account.email)
      .or(page.getByText(/by you/))
      .first(),
  ).toBeVisible()
  await see(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0)
})

test('rows stay, dimmed and dated, while the engine is away', { timeout: 90_000 }, async () => {
  const change = await scaling()
  await raise(change.message)
  const { page } = ada
  await page.goto('/approvals')
  const inbox = inboxPage(page)
  await see(inbox.card.approve).toBeEnabled()
  await all.killEngine()
  await see(page.getByText(/not up to date since|cannot be reached/i).first()).toBeVisible()
  await see(inbox.row(change.summary)).toBeVisible()
  await all.startEngine()
  // It looks again by itself, and at once when the machine says that it is back in the net.
  await page.evaluate("dispatchEvent(new Event('online'))")
  await see(page.getByText(/not up to date since|cannot be reached/i)).toHaveCount(0, { timeout: 30_000 })
  await inbox.card.approve.click()
  await expect.poll(async () => (await change.read()).spec.replicas, { timeout: 15_000 }).toBe(change.after)
})

test('four tabs hold one line for news: what one decides the others show, also when the one that held it goes', {
  timeout: 180_000,
}, async () => {
  const change = await scaling()
  const again = await newVisitor(browser, all, { account: ada.account })
  const before = all.toEngine.requests.length
  const open = () =>
    all.toEngine.requests.slice(before).filter(({ path, over }) => path === '/api/v1/events' && !over.aborted)
  const tabs = [again.page, await again.newTab(), await again.newTab(), await again.newTab()]
  for (const tab of tabs) {
    await tab.goto('/')
    await see(chatPage(tab).composer).toBeVisible()
  }
  const oneLine = () => expect.poll(() => open().length, { timeout: 30_000 }).toBe(1)
  await oneLine()
  const conversation = await raise(change.message)
  const raised = performance.now()
  const soon = { timeout: 5_000 }
  const noticeIn = (tab: Page) => tab.getByRole('region', { name: 'Notifications' }).getByText(/^Approval needed: /)
  const waitingEntry = (tab: Page) =>
    tab.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: /^Waits for approval/ })
  for (const tab of tabs) await see(tab).toHaveTitle(/^\(1\) /)
  await see(waitingEntry(tabs.at(-1) ?? again.page)).toHaveCount(1)
  for (const tab of tabs.slice(0, 3)) await tab.goto(`/chat/${conversation}`)
  const [first, ...others] = tabs as [Page, ...Page[]]
  await see(chatPage(first).card(change.summary).approve).toBeEnabled()
  // Other words of the page go after a few seconds; that somebody is waited for stays until it is not so any more.
  await new Promise((later) => setTimeout(later, raised + 4_500 - performance.now()))
  await see(noticeIn(others.at(-1) ?? first)).toHaveCount(1)
  await chatPage(first).card(change.summary).approve.click()
  await see(chatPage(first).card(change.summary).approve).toHaveCount(0)
  for (const tab of others.slice(0, 2)) await see(chatPage(tab).card(change.summary).approve).toHaveCount(0, soon)
  await see(waitingEntry(others.at(-1) ?? first)).toHaveCount(0, soon)
  await see(noticeIn(others.at(-1) ?? first)).toHaveCount(0, soon)
  for (const tab of others.slice(0, 2)) await see(chatPage(tab).card(change.summary).root).toContainText('Completed')
  for (const tab of tabs) await see(tab).not.toHaveTitle(/^\(/)
  expect(open()).toHaveLength(1)

  // The tab that holds the line is the one whose going cuts it.
  const another = await scaling()
  const rest = [...tabs]
  while (open().length === 1 && rest.length > 1) {
    const [held] = open()
    await rest.shift()?.close()
    await new Promise((soon) => setTimeout(soon, 300))
    if (held?.over.aborted) break
  }
  await raise(another.message)
  for (const tab of rest) await see(tab).toHaveTitle(/^\(1\) /, { timeout: 5_000 })
  await oneLine()
  expect(again.watched).toEqual(nothingWrong)
  await again.context.close()
})

test('three at once: what has changed since is asked again, and what comes behind it waits its turn', {
  timeout: 120_000,
}, async () => {
  const several = [await scaling(), await scaling(), await scaling()] as const
  const [first, second, third] = several
  const chat = await ask(ada.page, await turnOf(several))
  await see(chat.bar).toContainText('3 approvals pending')
  await see(chat.card(third.summary).approve).toBeEnabled()
  for (const { summary } of several) await see(chat.bar).toContainText(summary)
  const moved = second.after + 2
  await second.scaleTo(moved)
  await chat.bar.getByRole('button', { name: 'Approve all' }).click()
  const dialog = ada.page.getByRole('dialog')
  const waiting = await items()
  for (const { args_digest, effect_digest } of waiting) {
    await see(dialog).toContainText(args_digest.slice(0, 12))
    await see(dialog).toContainText(effect_digest?.slice(0, 12) ?? 'none')
  }
  const before = sentDecisions(all.toEngine).length
  await dialog.getByRole('textbox', { name: 'Type 3 to approve' }).fill('3')
  await dialog.getByRole('button', { name: 'Approve 3 calls' }).click()
  const again = chat.card(`Scale ${second.name} ${moved} → ${second.after} in ${namespace}`)
  await see(again.root).toContainText('Nothing was written')
  await expect.poll(async () => (await first.read()).spec.replicas, { timeout: 15_000 }).toBe(first.after)
  expect((await second.read()).spec.replicas).toBe(moved)
  expect((await third.read()).spec.replicas, 'it does not run before the one before it').toBe(third.before)
  await see(again.approve).toBeEnabled()
  await again.approve.click()
  await expect.poll(async () => (await third.read()).spec.replicas, { timeout: 20_000 }).toBe(third.after)
  expect((await second.read()).spec.replicas).toBe(second.after)
  const sent = sentDecisions(all.toEngine)
    .slice(before)
    .filter(({ by }) => by === 'batch')
  expect(new Set(sent.map(({ call_id }) => call_id))).toEqual(new Set(waiting.map(({ call_id }) => call_id)))
  for (const { call_id, args_digest, effect_digest } of sent) {
    expect(waiting.find((item) => item.call_id === call_id)).toMatchObject({ args_digest, effect_digest })
  }
})

test('a call whose effect is replaced while the list is open is taken out of it, in sight', {
  timeout: 120_000,
}, async () => {
  const first = await scaling()
  const others = [await scaling(), await scaling(), await scaling(), await scaling()]
  const several = [first, ...others]
  const chat = await ask(ada.page, await turnOf(several))
  for (const { summary } of several) await see(chat.card(summary).approve).toBeEnabled()
  await chat.bar.getByRole('button', { name: 'Approve all' }).click()
  const dialog = ada.page.getByRole('dialog')
  for (const { summary } of several) await see(dialog).toContainText(summary)
  // Approved from another device, and changed by somebody else before that: it is asked about anew.
  const listed = await items()
  const moved = first.after + 2
  await first.scaleTo(moved)
  const replaced = listed.find(({ effect }) => effect?.summary === first.summary) as ApprovalItem
  const { call_id, args_digest, effect_digest } = replaced
  await ada.account.request('POST', `/approvals/${call_id}/decision`, { approve: true, args_digest, effect_digest })
  await see(dialog).toContainText('One call is not in it:')
  await see(dialog).toContainText('its effect was replaced meanwhile')
  const before = sentDecisions(all.toEngine).length
  await dialog.getByRole('textbox', { name: 'Type 4 to approve' }).fill('4')
  await dialog.getByRole('button', { name: 'Approve 4 calls' }).click()
  const sent = () => sentDecisions(all.toEngine).slice(before)
  await expect.poll(() => sent().length, { timeout: 15_000 }).toBe(4)
  const rest = listed.filter((item) => item !== replaced)
  expect(new Set(sent().map((decision) => decision.call_id))).toEqual(new Set(rest.map((item) => item.call_id)))
  for (const decision of sent()) {
    const { args_digest, effect_digest } = rest.find((item) => item.call_id === decision.call_id) ?? {}
    expect(decision).toMatchObject({ by: 'batch', approve: true, args_digest, effect_digest })
  }
  // What is approved becomes small, and what stands around it moves: nobody presses a button that moves.
  for (const { summary } of others) await see(chat.card(summary).root).toContainText('starts next')
  const again = chat.card(`Scale ${first.name} ${moved} → ${first.after} in ${namespace}`)
  await again.denyBecause('it was changed on purpose')
  for (const { read, after } of others)
    await expect.poll(async () => (await read()).spec.replicas, { timeout: 20_000 }).toBe(after)
  expect((await first.read()).spec.replicas).toBe(moved)
  await see(ada.page.getByText('All decided.', { exact: true })).toBeVisible()
})

test('a call that is proposed while several are being approved still asks', { timeout: 90_000 }, async () => {
  const several = [await scaling(), await scaling()]
  const late = await scaling()
  const message = `scale both and then one more, ${randomUUID().slice(0, 8)}`
  all.scenes.play(message, [
    { toolCalls: several.map(({ call }) => call) },
    { toolCalls: [late.call] },
    { text: 'All.' },
  ])
  const chat = await ask(ada.page, message)
  for (const { summary } of several) await see(chat.card(summary).approve).toBeEnabled()
  const listed = await items()
  const held = Promise.withResolvers<void>()
  all.toEngine.interfere(({ path }) =>
    path === '/api/v1/approvals/decisions' ? { do: 'hold-answer', until: held.promise } : { do: 'pass' },
  )
  const before = sentDecisions(all.toEngine).length
  await chat.bar.getByRole('button', { name: 'Approve all' }).click()
  const dialog = ada.page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Type 2 to approve' }).fill('2')
  await dialog.getByRole('button', { name: 'Approve 2 calls' }).click()
  await see(chat.bar).toContainText('Approving…')
  const waiting = async () => (await items()).map(({ effect }) => effect?.summary)
  await expect.poll(waiting, { timeout: 20_000 }).toEqual([late.summary])
  held.resolve()
  const lateCard = chat.card(late.summary)
  await see(lateCard.approve).toBeEnabled()
  const sent = sentDecisions(all.toEngine).slice(before)
  expect(new Set(sent.map(({ call_id }) => call_id))).toEqual(new Set(listed.map(({ call_id }) => call_id)))
  for (const { read, after } of several) expect((await read()).spec.replicas).toBe(after)
  await lateCard.denyBecause('that was not asked for')
  await see(ada.page.getByText('All.', { exact: true })).toBeVisible()
  expect((await late.read()).spec.replicas).toBe(late.before)
})

test('several rows are decided together, the grave ones by their number', { timeout: 90_000 }, async () => {
  const several = [await scaling(), await scaling()] as const
  for (const { message } of several) await raise(message)
  const doomed = await scaling()
  const removal = `remove ${doomed.name}, ${randomUUID().slice(0, 4)}`
  all.scenes.play(removal, [
    { toolCalls: [{ name: 'k8s_delete', args: { resource_type: 'deployment', name: doomed.name, namespace } }] },
  ])
  await raise(removal)
  const { page } = ada
  await page.goto('/approvals')
  const inbox = inboxPage(page)
  await see(inbox.rows).toHaveCount(3)
  for (const box of await inbox.rows.getByRole('checkbox').all()) await box.check()
  await page.getByRole('button', { name: /^Approve 3|^Approve selected/ }).click()
  const dialog = page.getByRole('dialog')
  const action = dialog.getByRole('button', { name: /^Approve/ })
  await see(action).toBeDisabled()
  await dialog.getByRole('textbox').first().fill('3')
  await action.click()
  for (const { read, after } of several)
    await expect.poll(async () => (await read()).spec.replicas, { timeout: 15_000 }).toBe(after)
  await see(page.getByText('Nothing waits for you')).toBeVisible()
})

test('every decision of these carried the digests of what was asked', async () => {
  await expectBound(all, 8)
  expect(new Set(sentDecisions(all.toEngine).map(({ by }) => by))).toEqual(new Set(['chat', 'inbox', 'batch']))
})

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(ada.watched).toEqual(nothingWrong)
})
