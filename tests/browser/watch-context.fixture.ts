import type { BrowserContext } from '@playwright/test'

/** What no page may ever do. */
export type Watched = {
  /** Requests to another origin. */
  foreign: string[]
  /** Violations of the page's own content policy. */
  policy: string[]
  /** Errors that no code caught. */
  errors: string[]
}

export const nothingWrong: Watched = { foreign: [], policy: [], errors: [] }

const mark = 'policy violated:'

/** Collects, over every page of the context, what must stay empty. */
export async function watchContext(context: BrowserContext, url: string): Promise<Watched> {
  const watched: Watched = { foreign: [], policy: [], errors: [] }
  const { origin } = new URL(url)
  context.on('request', (request) => {
    const address = new URL(request.url())
    const isInside = ['data:', 'blob:', 'about:'].includes(address.protocol)
    if (address.origin !== origin && !isInside) watched.foreign.push(request.url())
  })
  context.on('weberror', (error) => watched.errors.push(String(error.error().stack ?? error.error())))
  context.on('console', (message) => {
    const text = message.text()
    if (text.startsWith(mark)) watched.policy.push(text)
  })
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    console.warn('${mark} ' + event.violatedDirective + ' ' + event.blockedURI))`)
  return watched
}
