import type { Browser, BrowserContext, Page } from '@playwright/test'
import { type Account, newAccount, type Rights } from './account.fixture.ts'
import { ownHeaders } from './cookies.fixture.ts'
import type { Installation } from './installation.fixture.ts'
import { type Watched, watchContext } from './watch-context.fixture.ts'

/** A person before a browser of their own. */
export type Visitor = {
  account: Account
  context: BrowserContext
  page: Page
  watched: Watched
  /** One more tab of the same browser. */
  newTab(): Promise<Page>
}

export type VisitorOptions = { rights?: Rights; account?: Account }

/** Signs up, and in; the page is still empty. */
export async function newVisitor(
  browser: Browser,
  installation: Installation,
  { rights, account: known }: VisitorOptions = {},
): Promise<Visitor> {
  const account = known ?? (await newAccount(installation, rights))
  const { context, watched } = await newContext(browser, installation.url)
  const { email, password } = account
  const answer = await context.request.post(`${installation.url}/api/auth/login`, {
    headers: ownHeaders(installation.url),
    data: { email, password },
  })
  if (answer.status() !== 200) throw new Error(`not signed in: ${answer.status()} ${await answer.text()}`)
  return { account, context, watched, page: await context.newPage(), newTab: () => context.newPage() }
}

/** A browser without cookies, whose pages are watched. */
export async function newContext(
  browser: Browser,
  url: string,
): Promise<{ context: BrowserContext; watched: Watched }> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1440, height: 1000 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  return { context, watched: await watchContext(context, url) }
}
