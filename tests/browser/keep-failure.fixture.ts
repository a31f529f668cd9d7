import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Browser } from '@playwright/test'
import type { TestContext } from 'vitest'

const folder = resolve(import.meta.dirname, '../../.artefacts/failures')

/** For afterEach: of a test that failed, what each page showed at its end, as a picture and as a screen reader has it. */
export async function keepFailure({ task }: TestContext, browser: Browser): Promise<void> {
  if (task.result?.state !== 'fail') return
  await mkdir(folder, { recursive: true })
  const pages = browser.contexts().flatMap((context) => context.pages())
  for (const [index, page] of pages.entries()) {
    const path = join(folder, `${task.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 100)}-${index}`)
    // A page may be gone, or hang: what it was asked for then is not worth waiting for.
    await page.screenshot({ path: `${path}.png`, timeout: 5_000 }).catch(() => {})
    const tree = await page.locator('body').ariaSnapshot({ timeout: 5_000 }).catch(String)
    await writeFile(`${path}.txt`, `${page.url()}\n${tree}\n`)
  }
}
