import type { Page } from '@playwright/test'
import { callCard } from './chat-page.fixture.ts'

/** The approvals that wait for a person. */
export function inboxPage(page: Page) {
  const list = page.getByRole('list', { name: /approvals/i })
  const rows = list.getByRole('listitem')
  return {
    rows,
    row: (summary: string) => rows.filter({ hasText: summary }),
    /** The call that is opened. */
    card: callCard(page.getByRole('article')),
  }
}
