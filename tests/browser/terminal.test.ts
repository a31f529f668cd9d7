import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { newChance } from '@fairlead/e2e/chance'
import { failed, succeeded, type ToolScript } from '@fairlead/testing/tools/tool-script'
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { HEAP_MB, measured, measuring, startMeasuring } from './measure.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor
let page: Page
let output: Locator

beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  ada = await newVisitor(browser, all)
  page = ada.page
  output = page.getByRole('region', { name: /^Output of/ })
}, 400_000)
afterEach(() => all.tools?.use((_, own) => own()))
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

/** Asks for one read, which the tool server answers by the script. */
async function run(script: ToolScript) {
  all.tools?.use((call, own) => (call.phase === 'read' ? script(call, own) : own()))
  const message = `what does it say, ${randomUUID().slice(0, 8)}`
  const read = toolCall('k8s_logs', { pod_name: chance.name('web'), namespace: 'shop' })
  all.scenes.play(message, [{ toolCalls: [read] }, { text: 'That is what it says.' }])
  const chat = await newChat(page)
  await chat.send(message)
  await see(page).toHaveURL(/\/chat\//)
}

/** What a copy of everything holds. */
async function copied(): Promise<string> {
  await page.evaluate("navigator.clipboard.writeText('')")
  await page.getByRole('button', { name: 'Copy output' }).click()
  await page.getByRole('menuitem', { name: 'Copy all' }).click()
  const held = () => page.evaluate<string>('navigator.clipboard.readText()')
  await expect.poll(async () => (await held()).length, { timeout: 15_000 }).toBeGreaterThan(0)
  return await held()
}

async function downloaded(item: 'Download as text' | 'Download with colours'): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download output' }).click()
  await page.getByRole('menuitem', { name: item }).click()
  return await readFile(await (await download).path(), 'utf8')
}

// Hooks run from the last to the first: this one sees the pages as the test left them.
afterEach((context) => keepFailure(context, browser))

test(
  'very many lines, very fast: it follows, pauses and finds, and gives back every byte',
  measuring,
  async ({ task }) => {
    const [fast, perSecond, each] = [isFull ? 100_000 : 15_000, 5_000, 50]
    // Somebody looks at it while it is written, however slow the machine: it goes on, slowly, until they have.
    const [mostLines, perSecondThen] = [fast + 20_000, 200]
    let looked = false
    const everyNth = 997
    const lineOf = (n: number) =>
      `\u001b[3${n % 8}m${n}\u001b[0m ${n % everyNth === 0 ? 'a needle' : 'some hay'} of the log`
    const sent: string[] = []
    await run(async (call) => {
      for (let at = 0; at < fast || (!looked && at < mostLines); at += each) {
        const text = Array.from({ length: each }, (_, index) => `${lineOf(at + index)}\n`).join('')
        sent.push(text)
        await call.progress('stdout', text)
        await sleep((each / (at < fast ? perSecond : perSecondThen)) * 1000)
      }
      return succeeded('{"done":true}')
    })
    await see(output).toBeVisible()
    await startMeasuring(page)
    await see(page.getByText(/^[\d,]{3,} lines/)).toBeVisible()
    // It follows the end, until somebody looks at something.
    await output.hover()
    await page.mouse.wheel(0, -400)
    await see(page.getByRole('button', { name: /^Follow/ })).toBeVisible()
    await see(page.getByRole('button', { name: /^Follow, .*new lines/ })).toBeVisible()
    await output.focus()
    await page.keyboard.press('End')
    await see(page.getByRole('button', { name: /^Follow/ })).toHaveCount(0)
    await page.keyboard.press('Control+f')
    const search = page.getByRole('textbox', { name: 'Search text' })
    await see(search).toBeFocused()
    await page.keyboard.type('needle', { delay: 40 })
    looked = true
    await see(page.getByText('That is what it says.')).toBeVisible({ timeout: 120_000 })
    const felt = await measured(page)
    console.info(JSON.stringify(felt))
    task.meta.felt = felt
    expect(felt.heapMb).toBeLessThan(HEAP_MB)
    const lines = sent.length * each
    // The answer was something else than the output: that folds, and opens where it was.
    const fold = page.getByRole('button', { name: `Live output, ${lines.toLocaleString('en')} lines` })
    if (!(await output.isVisible())) await chatPage(page).row(/logs/i).click()
    await see(fold.or(output).first()).toBeVisible()
    if (await fold.isVisible()) await fold.click()
    await see(output).toBeVisible()
    await see(page.getByText(/earlier lines? (is|are) no longer here/)).toHaveCount(0)
    const needles = Math.ceil(lines / everyNth)
    if (!(await search.isVisible())) {
      await output.focus()
      await page.keyboard.press('Control+f')
      await search.fill('needle')
    }
    await see(page.getByRole('search').getByRole('status')).toContainText(
      new RegExp(`(of )?${needles.toLocaleString('en')}( found)?$`),
    )
    await search.press('Enter')
    await see(output).toContainText('a needle')
    const whole = sent.join('')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
    const plain = whole.replace(/\u001b\[[\d;]*m/g, '')
    expect((await downloaded('Download as text')) === plain, 'the text is what was sent, without colours').toBe(true)
    expect((await downloaded('Download with colours')) === whole, 'and with them').toBe(true)
    expect((await copied()) === plain, 'a copy too').toBe(true)
  },
)

test('colours of a terminal, concealed text, stderr and what is missing', { timeout: 60_000 }, async () => {
  const gate = Promise.withResolvers<void>()
  await run(async (call) => {
    await call.progress('status', 'connecting')
    await call.progress(
      'stdout',
      'plain \u001b[31mred\u001b[0m \u001b[1;32mbold green\u001b[0m \u001b[38;5;208morange\u001b[0m\n',
    )
    await call.progress('stdout', 'half a')
    await call.progress('stdout', ' line\n10%\r100%\nsecret \u001b[8mconcealed\u001b[0m\n')
    await call.progress('stdout', 'tab\there, \u202Ebidi\u202C and \u0007bell, \u001b]0;title\u0007gone\n')
    await call.progress('stderr', 'warning: on the other stream\n')
    await call.progress('status', 'half way there')
    await gate.promise
    return succeeded('something else')
  })
  await see(output).toContainText('plain red bold green orange')
  await see(output).toContainText('half a line')
  await see(output).toContainText('100%')
  await see(output).not.toContainText('10%100%')
  await see(output.getByText('concealed')).toBeVisible()
  await see(output).not.toContainText('title')
  await see(output).not.toContainText('\u202E')
  await see(output).toContainText('warning: on the other stream')
  await see(page.getByText('half way there')).toBeVisible()
  await see(output).not.toContainText('missing')
  const colours = await output.evaluate((region) =>
    ['red', 'orange'].map((word) => {
      const found = [...region.querySelectorAll('span')].find(
        ({ textContent, children }) => textContent === word && children.length === 0,
      )
      return found ? found.ownerDocument.defaultView?.getComputedStyle(found).color : undefined
    }),
  )
  expect(colours[0]).toBeDefined()
  expect(colours[0]).not.toBe(colours[1])
  // What came over stderr is told apart without colour, and can be looked at alone.
  await page.getByRole('button', { name: 'Choose stream' }).click()
  await page
    .getByRole('menuitem', { name: 'stderr only' })
    .or(page.getByRole('menuitemradio', { name: 'stderr only' }))
    .click()
  await see(output).toContainText('on the other stream')
  await see(output).not.toContainText('half a line')
  await page.getByRole('button', { name: 'Choose stream' }).click()
  await page
    .getByRole('menuitem', { name: 'All output' })
    .or(page.getByRole('menuitemradio', { name: 'All output' }))
    .click()
  gate.resolve()
  await see(page.getByText('That is what it says.')).toBeVisible()
})

test('a piece that never came is named at its place', { timeout: 60_000 }, async () => {
  const gate = Promise.withResolvers<void>()
  // One piece is lost between the engine and the page, once and for all.
  all.toEngine.interfere(({ path }) => {
    if (!path.includes('/agent/')) return { do: 'pass' }
    return {
      do: 'reshape',
      async *through(answer) {
        let rest = ''
        for await (const bytes of answer) {
          const frames = (rest + Buffer.from(bytes).toString()).split('\n\n')
          rest = frames.pop() ?? ''
          for (const frame of frames) if (!frame.includes('"seq":2,')) yield Buffer.from(`${frame}\n\n`)
        }
      },
    }
  })
  await run(async (call) => {
    for (const word of ['first', 'second', 'third']) await call.progress('stdout', `${word}\n`)
    await gate.promise
    return succeeded('x')
  })
  await see(output).toContainText('third')
  await see(output).toContainText(/1 piece (is )?missing/)
  await see(output).not.toContainText('second')
  gate.resolve()
  all.toEngine.interfere(() => ({ do: 'pass' }))
})

test('the result takes the place of the same text, and an error leaves the output standing', {
  timeout: 90_000,
}, async () => {
  const words = chance.name('line')
  await run(async (call) => {
    await call.progress('stdout', `\u001b[33m${words} one\u001b[0m\n${words} two\n`)
    return succeeded(`${words} one\n${words} two\n${words} three`)
  })
  await see(page.getByText('That is what it says.')).toBeVisible()
  await chatPage(page).row(/logs/i).click()
  await see(output).toHaveCount(1)
  await see(output).toContainText(`${words} three`)
  await see(page.getByRole('button', { name: /^Live output/ })).toHaveCount(0)
  await page.reload()
  await chatPage(page).row(/logs/i).click()
  await see(output).toHaveCount(1)
  await see(output).toContainText(`${words} three`)

  await run(async (call) => {
    await call.progress('stdout', `${words} before it broke\n`)
    return failed('Unavailable', 'the log ended.')
  })
  await see(page.getByText('That is what it says.')).toBeVisible()
  await chatPage(page).row(/logs/i).click()
  await see(output).toContainText(`${words} before it broke`)
  await see(page.getByText(/Output ends here/)).toBeVisible()
  await see(page.getByText('the log ended.').first()).toBeVisible()
})

test('who cannot see the terminal hears its start and end, and may open it as text', { timeout: 60_000 }, async () => {
  const gate = Promise.withResolvers<void>()
  await run(async (call) => {
    await call.progress('stdout', 'one\ntwo\n')
    await gate.promise
    await call.progress('stderr', 'three\n')
    return succeeded('{}')
  })
  await see(page.getByText(/^Output of .* has begun$/).first()).toBeAttached()
  await see(output).toHaveAttribute('aria-live', 'off')
  await see(page.getByRole('switch', { name: 'Read new lines' })).toBeVisible()
  await page.getByRole('button', { name: 'Open as text' }).click()
  const dialog = page.getByRole('dialog', { name: /^Output of/ })
  await see(dialog).toContainText('one\ntwo')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Full size' }).click()
  await see(page.getByRole('dialog').getByRole('region', { name: /^Output of/ })).toContainText('two')
  await page.getByRole('button', { name: 'Back to the page' }).click()
  await see(page.getByRole('dialog')).toHaveCount(0)
  gate.resolve()
  await see(page.getByText('That is what it says.')).toBeVisible()
})

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(ada.watched).toEqual(nothingWrong)
})
