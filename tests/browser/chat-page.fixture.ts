import type { Locator, Page } from '@playwright/test'
import { see } from './see.fixture.ts'

/** A conversation, or the place where one begins, as a person finds their way in it. */
export function chatPage(page: Page) {
  const composer = page.getByRole('textbox', { name: 'Message' })
  const regions = page.getByRole('region')
  return {
    composer,
    sendButton: page.getByRole('button', { name: 'Send message' }),
    stopButton: page.getByRole('button', { name: /^(Stop run|Stopping)/ }),
    strip: page.getByRole('list', { name: /plan/i }),
    /** Types and sends. */
    send: async (text: string) => {
      await composer.fill(text)
      await composer.press('Enter')
    },
    /** The write whose effect is summed up so. */
    card: (summary: string) => callCard(page.getByRole('region', { name: summary })),
    /** Whatever waits for a decision. */
    waiting: callCard(regions.filter({ has: page.getByRole('button', { name: /^Deny/ }) })),
    /** The line of a read, which opens it. */
    row: (title: string | RegExp) => page.getByRole('button', { name: title, expanded: false }),
    /** What several waiting calls are decided by. */
    bar: page.getByRole('region', { name: 'Calls that wait for approval' }),
  }
}

export type CallCard = ReturnType<typeof callCard>

/** One write. */
export function callCard(root: Locator) {
  const deny = root.getByRole('button', { name: /^Deny/ })
  return {
    root,
    approve: root.getByRole('button', { name: 'Approve change' }),
    deny,
    undo: root.getByRole('button', { name: /^Undo/ }),
    tab: (name: string) => root.getByRole('tab', { name }),
    denyBecause: async (reason: string) => {
      await root.getByRole('textbox', { name: /^Reason/ }).fill(reason)
      await deny.click()
    },
  }
}

/** Where a chat begins: by the link, as people go there, and by the address where the page has none. */
export async function newChat(page: Page) {
  const link = page.getByRole('link', { name: 'New chat' })
  if (await link.isVisible()) await link.click()
  else await page.goto('/')
  await see(page.getByRole('list', { name: 'Suggestions' })).toBeVisible()
  return chatPage(page)
}
