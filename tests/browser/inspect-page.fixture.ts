import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CDPSession, Page } from '@playwright/test'
import axe, { type AxeResults, type RunOptions } from 'axe-core'

const folder = resolve(import.meta.dirname, '../../.artefacts/screenshots')
/** Each differs from the one before in one thing, and the last has the width that most tests go on with. */
const appearances = [
  { theme: 'light', width: 1440 },
  { theme: 'light', width: 320 },
  { theme: 'dark', width: 320 },
  { theme: 'dark', width: 1440 },
] as const

const heights = { 1440: 1000, 320: 720 }

/** Finds that a person with a disability could not get past, and sideways scroll; empty when all is well. */
export type Finding = { theme: string; width: number; rule: string; help: string; where: string[] }

/** Looks at a state in both themes and both widths: a picture of each is kept, and what is wrong with it is returned. */
export async function inspectPage(page: Page, state: string): Promise<Finding[]> {
  await mkdir(folder, { recursive: true })
  const before = page.viewportSize()
  const session = await page.context().newCDPSession(page)
  const found: Finding[] = []
  for (const { theme, width } of appearances) {
    if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height: heights[width] })
    await page.emulateMedia({ colorScheme: theme })
    await settled(page)
    await picture(session, `${state}-${theme}-${width}`)
    // Names, roles and order are the same in both: only the colours are another matter.
    const rules = theme === 'dark' ? ['color-contrast', 'link-in-text-block'] : undefined
    found.push(...(await findingsOf(page, rules)).map((finding) => ({ theme, width, ...finding })))
  }
  await session.detach()
  if (before && before.width !== page.viewportSize()?.width) await page.setViewportSize(before)
  await atRest(page)
  return found
}

/** Compressed for speed: many pictures are taken, few are looked at. */
async function picture(session: CDPSession, name: string): Promise<void> {
  const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
  await writeFile(join(folder, `${name}.png`), data, 'base64')
}

type Found = Omit<Finding, 'theme' | 'width'>

async function findingsOf(page: Page, rules?: string[]): Promise<Found[]> {
  const options: RunOptions = {
    resultTypes: ['violations'],
    ...(rules && { runOnly: { type: 'rule', values: rules } }),
  }
  // A document keeps it: half a megabyte of script is read once a page, not once a look.
  await page.evaluate(`if (!window.axe) { ${axe.source} }`)
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const found = serious.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`),
  }))
  const overflow = await page.evaluate<string>(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth > clientWidth ? scrollWidth + ' > ' + clientWidth : ''
  })()`)
  if (overflow) found.push({ rule: 'reflow', help: 'The page scrolls sideways', where: [overflow] })
  return found
}

/** What the window's size has moved stands still: until then nobody presses a button. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const places = () => [...document.querySelectorAll('button')].map((it) => it.getBoundingClientRect().top).join()
    for (let before = '', still = 0; still < 15; still = places() === before ? still + 1 : 0) {
      before = places()
      await new Promise((later) => setTimeout(later, 20))
    }
  })()`)
}

/** What follows from another size or theme is there, its transitions at their end: a colour half way has no contrast. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    await document.fonts.ready
    await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
    for (const it of document.getAnimations()) if (it.effect.getComputedTiming().endTime !== Infinity) it.finish()
  })()`)
}
