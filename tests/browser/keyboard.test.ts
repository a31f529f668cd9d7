import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { newChance } from '@fairlead/e2e/chance'
import type { Browser, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newAccount } from './account.fixture.ts'
import { newScaling } from './change.fixture.ts'
import { chatPage } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { see } from './see.fixture.ts'
import { newContext, newVisitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation()
  await newAccount(all)
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

/** What a screen reader would say of the element with the focus. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(`(() => {
    const of = document.activeElement
    const by = (of.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim()
    const label = of.labels?.[0]?.textContent ?? ''
    return (of.getAttribute('aria-label') || by || label || of.textContent || '').trim()
  })()`)
}

/** Presses Tab until the focus is on what has that name. */
async function tabTo(page: Page, name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(key)
    const found = await focused(page)
    if (name.test(found)) return
    passed.push(found.slice(0, 30))
  }
  throw new Error(`no way to ${name} by ${key}: ${passed.join(' | ')}`)
}

test('sign in, ask, read the effect, deny with a reason, approve another: by keyboard alone', {
  timeout: 120_000,
}, async () => {
  const account = await newAccount(all)
  const { context, watched } = await newContext(browser, all.url)
  const page = await context.newPage()
  await page.goto('/login')
  const { keyboard } = page
  await see(page.getByLabel('E-mail')).toBeFocused()
  await keyboard.type(account.email)
  await tabTo(page, /^Password/)
  await keyboard.type(account.password)
  await keyboard.press('Enter')
  await see(chatPage(page).composer).toBeFocused()

  const [first, second] = [await newScaling(all, chance), await newScaling(all, chance)]
  await keyboard.type(first.message)
  await keyboard.press('Enter')
  const chat = chatPage(page)
  await see(chat.card(first.summary).approve).toBeEnabled()
  await see(page.getByText(/^Approval needed: /).first()).toBeAttached()
  // Away from the field, two letters lead to the card; nothing decides by itself.
  await see(chat.composer).toBeFocused()
  await keyboard.press('Shift+Tab')
  await keyboard.type('ga')
  const snapshot = await chat.card(first.summary).root.ariaSnapshot()
  for (const part of [first.summary, /risk/i, /dry run/i, 'spec.replicas', 'Approve', 'Deny'])
    expect(snapshot).toMatch(part)
  await tabTo(page, /^Deny/)
  await keyboard.press('Enter')
  const reason = `keyboard says no ${chance.name('x')}`
  if (!/reason/i.test(await focused(page))) await tabTo(page, /reason/i)
  await keyboard.type(reason)
  await keyboard.press('Enter')
  if ((await chat.card(first.summary).deny.count()) > 0) {
    await tabTo(page, /^Deny/)
    await keyboard.press('Enter')
  }
  await see(chat.card(first.summary).root).toContainText(reason)

  await keyboard.press('Control+Shift+O')
  await see(page).toHaveURL('/')
  await see(chat.composer).toBeFocused()
  await keyboard.type(second.message)
  await keyboard.press('Enter')
  await see(chat.card(second.summary).approve).toBeEnabled()
  await keyboard.press('Shift+Tab')
  await keyboard.type('ga')
  await tabTo(page, /^Approve change$/)
  await keyboard.press('Enter')
  await see(chat.card(second.summary).root).toContainText('Completed')
  expect((await second.read()).spec.replicas).toBe(second.after)
  expect((await first.read()).spec.replicas).toBe(first.before)
  expect(watched).toEqual(nothingWrong)
  await context.close()
})

test('the shortcuts do what their list says, and no single key approves', { timeout: 60_000 }, async () => {
  const ada = await newVisitor(browser, all)
  const { page } = ada
  const { keyboard } = page
  const change = await newScaling(all, chance)
  await page.goto('/')
  const chat = chatPage(page)
  await chat.send(change.message)
  await see(chat.card(change.summary).approve).toBeEnabled()
  await chat.composer.blur()
  for (const key of 'abcdefhijklmnopqrstuvwxyz0123456789') await keyboard.press(key)
  await keyboard.press('?')
  const list = page.getByRole('dialog', { name: /shortcuts/i })
  await see(list).toBeVisible()
  await keyboard.press('Escape')
  await see(list).toHaveCount(0)
  await see(chat.card(change.summary).approve).toBeEnabled()
  expect((await change.read()).spec.replicas).toBe(change.before)
  await keyboard.press('Control+b')
  await see(page.getByRole('button', { name: 'Expand sidebar' })).toBeVisible()
  await keyboard.press('Control+k')
  await see(page.getByRole('searchbox', { name: 'Search chats' })).toBeFocused()
  await page.getByRole('link', { name: 'New chat' }).first().focus()
  await keyboard.press('Control+Shift+O')
  await see(page).toHaveURL('/')
  await chat.composer.blur()
  await keyboard.type('ga')
  await see(page).toHaveURL(/\/approvals/)
  await see(page.getByRole('article')).toContainText(change.name)
  const [item] = (await ada.account.request<{ items: ApprovalItem[] }>('GET', '/approvals')).body.items
  expect(item?.effect?.summary).toBe(change.summary)
  await page.goto('/')
  await chat.composer.focus()
  await keyboard.press('ArrowUp')
  await see(chat.composer).toHaveValue('')
  expect(ada.watched).toEqual(nothingWrong)
  await ada.context.close()
})

test.each([
  ['a viewer', { view_only: true }, false],
  ['a viewer who approves for others', { view_only: true, grants: ['approve' as const] }, true],
  ['a member', {}, true],
  ['an auditor', { grants: ['audit' as const] }, true],
  ['an administrator', { role: 'admin' as const }, true],
])(
  '%s has the pages and controls of the role, and no others',
  { timeout: 60_000 },
  async (_, rights, seesApprovals) => {
    const visitor = await newVisitor(browser, all, { rights })
    const { page, account } = visitor
    const mayChange = !('view_only' in rights)
    await page.goto('/')
    const approvals = page.getByRole('link', { name: /^Approvals/ })
    await see(page.getByRole('link', { name: 'New chat' }).first()).toBeVisible()
    await see(approvals).toHaveCount(seesApprovals ? 1 : 0)
    const answer = await page.goto('/approvals')
    expect(answer?.status()).toBe(seesApprovals ? 200 : 403)
    if (!seesApprovals) await see(page.getByRole('link', { name: /start page/ }).first()).toBeVisible()
    await page.goto('/')
    const note = page.getByText('Read-only account: changes are not proposed')
    await see(note).toHaveCount(mayChange ? 0 : 1)
    await see(page.getByRole('button', { name: 'Delete a service' })).toHaveCount(mayChange ? 1 : 0)
    const change = await newScaling(all, chance)
    await chatPage(page).send(change.message)
    await see(chatPage(page).stopButton).toHaveCount(0)
    const card = chatPage(page).card(change.summary)
    if (mayChange) await see(card.approve).toBeEnabled()
    await see(card.approve).toHaveCount(mayChange ? 1 : 0)
    const { body } = await account.request<{ items: unknown[] }>('GET', '/approvals')
    expect(body.items).toHaveLength(mayChange ? 1 : 0)
    // A right that is given acts on the next request.
    await all.sql.query('update users set view_only = not view_only where id = $1', [account.id])
    await page.goto('/')
    await see(note).toHaveCount(mayChange ? 1 : 0)
    await visitor.context.close()
  },
)
