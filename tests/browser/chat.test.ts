import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { newChance } from '@fairlead/e2e/chance'
import { failed } from '@fairlead/testing/tools/tool-script'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { type Scene, toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor

beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  ada = await newVisitor(browser, all)
}, 400_000)
afterEach(() => {
  all.toEngine.interfere(() => ({ do: 'pass' }))
  all.tools?.use((_, own) => own())
})
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

/** Asks something new in a new chat, and plays the scene to it. */
async function ask(scene: Scene, words = 'tell me') {
  const message = `${words}, ${randomUUID().slice(0, 8)}`
  all.scenes.play(message, scene)
  const chat = await newChat(ada.page)
  await chat.send(message)
  await see(ada.page).toHaveURL(/\/chat\//)
  return { chat, message, id: ada.page.url().split('/').at(-1) ?? '' }
}

const record = async (id: string) =>
  (
    await ada.account.request<{ active_run_id: string | null; messages: { type: string; content: string }[] }>(
      'GET',
      `/conversations/${id}`,
    )
  ).body
const isOver = async (id: string) => (await record(id)).active_run_id === null
const scaling = () => {
  const [namespace, name] = [chance.name('shop'), chance.name('web')]
  const [before, after] = [chance.number(1, 3), chance.number(4, 6)]
  all.tools?.workloads.replicas.set(`${namespace}/${name}`, before)
  const call = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: after })
  return {
    call,
    namespace,
    name,
    before,
    after,
    summary: `Scale ${name} ${before} → ${after} in ${namespace}`,
  }
}

// Hooks run from the last to the first: this one sees the pages as the test left them.
afterEach((context) => keepFailure(context, browser))

test('an answer streams in: thoughts fold, text grows, reads tell what came of them, the title comes by itself', {
  timeout: 60_000,
}, async () => {
  const pod = chance.name('web')
  const { chat, message, id } = await ask([
    { reasoning: `It must be ${pod}.`, toolCalls: [toolCall('k8s_logs', { pod_name: pod, namespace: 'shop' })] },
    { text: { pieces: 20 }, pace: { piecesPerSecond: 20 } },
  ])
  const { page } = ada
  await see(page.getByRole('button', { name: /^Thought/ })).toHaveAttribute('aria-expanded', 'false')
  await page.getByRole('button', { name: /^Thought/ }).click()
  await see(page.getByText(`It must be ${pod}.`)).toBeVisible()
  await see(page.getByText('w18 w19')).toBeVisible()
  const row = chat.row(/logs/i)
  await see(row).toContainText(pod)
  await row.click()
  await see(page.getByText(`k8s_logs {"pod_name":"${pod}"`).first()).toBeVisible()
  await see(chat.stopButton).toHaveCount(0)
  await see(page).toHaveTitle(/^tell me .* · /)
  await see(
    page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: message.replace(',', '') })
      .first(),
  ).toBeVisible()
  expect(await isOver(id)).toBe(true)
})

test('many reads share a line that opens; one that failed stands by itself, and a link into the line opens it', {
  timeout: 60_000,
}, async () => {
  const pods = Array.from({ length: 5 }, (_, made) => `${chance.name('web')}-${made}`)
  const [, , , , lost = ''] = pods
  all.tools?.use(async ({ args }, own) => (args.pod_name === lost ? failed('NotFound', 'no such pod') : own()))
  const { chat } = await ask([
    { toolCalls: pods.map((pod) => toolCall('k8s_logs', { pod_name: pod, namespace: 'shop', num_lines: 30 })) },
    { text: 'That is what I have read.' },
  ])
  await see(ada.page.getByText('That is what I have read.')).toBeVisible()
  await see(chat.stopButton).toHaveCount(0)
  await see(chat.row(`Logs of ${lost}, 30 lines, in shop`)).toContainText('NotFound: no such pod')
  const line = chat.row(/4 reads, [\d.]+ s$/)
  await line.click()
  for (const pod of pods) await see(chat.row(`Logs of ${pod}, 30 lines, in shop`)).toBeVisible()
  await chat.row(`Logs of ${pods[0]}, 30 lines, in shop`).click()
  await see(ada.page.getByText('k8s_logs', { exact: true })).toBeVisible()
  await ada.page.getByRole('button', { name: /4 reads, [\d.]+ s$/, expanded: true }).click()
  await see(chat.row(`Logs of ${pods[1]}, 30 lines, in shop`)).toHaveCount(0)
  await ada.page.locator('span[id^="call-"]').first().focus()
  await see(chat.row(`Logs of ${pods[1]}, 30 lines, in shop`)).toBeVisible()
})

test('a busy model is waited for in the open, and a broken one is said', { timeout: 60_000 }, async () => {
  let tries = 0
  await ask(() => (tries++ === 0 ? { fault: { kind: 'status', status: 429, retryAfter: 3 } } : { text: 'Now I can.' }))
  await see(ada.page.getByText(/busy.*retry in \d+ s/i)).toBeVisible()
  await see(ada.page.getByText('Now I can.')).toBeVisible()
  await see(ada.page.getByText(/busy/i)).toHaveCount(0)

  await ask([{ fault: { kind: 'status', status: 400, message: 'no such model' } }])
  await see(ada.page.getByRole('alert').filter({ hasText: /refused/ })).toBeVisible()
  await see(ada.page.getByRole('button', { name: /^(Retry|Try again)/ })).toBeVisible()
  await see(chatPage(ada.page).stopButton).toHaveCount(0)
})

test('what an engine had said before it died is void once another one says it anew', { timeout: 60_000 }, async () => {
  let turns = 0
  const { chat } = await ask(() =>
    turns++ === 0
      ? { text: 'This was never said to the end. '.repeat(40), pace: { piecesPerSecond: 10 } }
      : { text: 'This was.' },
  )
  await see(ada.page.getByText('This was never')).toBeVisible()
  await all.killEngine()
  await all.startEngine()
  await see(ada.page.getByText('This was.', { exact: true })).toBeVisible()
  await see(ada.page.getByText('This was never')).toHaveCount(0)
  await see(chat.stopButton).toHaveCount(0)
})

test('what a model writes is never run and fetches nothing', { timeout: 60_000 }, async () => {
  const text = [
    '![picture](https://example.invalid/p?d=1)',
    '[press](javascript:document.title=1) and [here](https://example.invalid/x) and <img src=x onerror="document.title=1">',
    '<script>document.title = 1</script>',
    '<iframe src="https://example.invalid/frame"></iframe>',
    '[data](data:text/html,<script>1</script>)',
    'the end',
  ].join('\n\n')
  await ask([{ text }])
  const { page } = ada
  await see(page.getByText('the end')).toBeVisible()
  await see(page.getByText('<script>document.title = 1</script>')).toBeVisible()
  await see(page.getByRole('img', { name: 'picture' })).toHaveCount(0)
  await see(page.getByRole('link', { name: /picture/ })).toHaveAttribute('href', 'https://example.invalid/p?d=1')
  await see(page.getByRole('link', { name: /press|data/ })).toHaveCount(0)
  const link = page.getByRole('link', { name: /here/ })
  await see(link).toHaveAttribute('rel', 'noopener noreferrer')
  await see(link).toHaveAttribute('target', '_blank')
  await see(link).toContainText('example.invalid')
  expect(ada.watched).toEqual(nothingWrong)
})

test('copied code and copied text are what was written', { timeout: 60_000 }, async () => {
  const code = [
    '# kubectl delete ns prod',
    'kubectl get pods -n my_name_space \\',
    "  -o jsonpath='{.items[*].metadata.name}'",
  ].join('\n')
  const text = ['Run `a_b*c*d` **first**:', '', '```sh', code, '```', '', '1. one', '2. two'].join('\n')
  await ask([{ text }])
  const { page } = ada
  await page.getByRole('button', { name: 'Copy code' }).click()
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()')
  await expect.poll(copied, { timeout: 15_000 }).toBe(code)
  await page.getByRole('button', { name: 'Copy answer' }).click()
  await page.getByRole('menuitem', { name: 'Copy text' }).click()
  // The code alone is still there for a moment.
  await expect.poll(copied, { timeout: 15_000 }).toContain('Run a_b*c*d first:')
  const plain = await copied()
  expect(plain).toContain(code)
  expect(plain).toMatch(/1\. one\n2\. two/)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Copy answer' }).click()
  await page.getByRole('menuitem', { name: 'Copy markdown' }).click()
  await expect.poll(copied, { timeout: 15_000 }).toBe(text)
})

const stops = (since: number) => all.toEngine.requests.slice(since).filter(({ path }) => path === '/api/v1/agent/stop')
/** One stop and no more, for the conversation's last run. */
async function expectOneStop(since: number, id: string): Promise<void> {
  await expect.poll(() => stops(since).length, { timeout: 15_000 }).toBe(1)
  const last = 'select id from runs where conversation_id = $1 order by started_at desc limit 1'
  const { rows } = await all.sql.query(last, [id])
  const sent = stops(since).map(({ body }) => JSON.parse(body))
  expect(sent).toEqual([{ conversation_id: id, run_id: rows[0].id }])
}

test('Stop before the run has its id, during text, and during a tool: one stop, and what follows is the record', {
  timeout: 120_000,
}, async () => {
  const { page } = ada
  // Before: the engine's answer to the question is held back.
  let held = Promise.withResolvers<void>()
  all.toEngine.interfere(({ path }) =>
    path === '/api/v1/agent/chat' ? { do: 'hold-answer', until: held.promise } : { do: 'pass' },
  )
  let before = all.toEngine.requests.length
  const slow: Scene = [{ text: { pieces: 400 }, pace: { piecesPerSecond: 20 } }]
  const early = await ask(slow)
  await early.chat.stopButton.click()
  await see(page.getByRole('button', { name: /^Stopping/ })).toBeVisible()
  expect(stops(before)).toEqual([])
  held.resolve()
  await see(page.getByText(/^Stopped/).first()).toBeVisible()
  await expect.poll(() => isOver(early.id), { timeout: 15_000 }).toBe(true)
  all.toEngine.interfere(() => ({ do: 'pass' }))
  await expectOneStop(before, early.id)
  await see(early.chat.stopButton).toHaveCount(0)
  const bubbles = page.getByRole('list', { name: 'Messages' }).getByRole('article').filter({ hasText: /w\d/ })
  const heard = (await record(early.id)).messages.at(-1)
  await see(bubbles).toHaveCount(heard?.type === 'assistant' && heard.content !== '' ? 1 : 0)

  // During text.
  before = all.toEngine.requests.length
  const texting = await ask(slow)
  await see(page.getByText('w4 w5')).toBeVisible()
  await page.keyboard.press('Control+.')
  await see(page.getByText(/^Stopped/).first()).toBeVisible()
  await see(texting.chat.stopButton).toHaveCount(0)
  await expectOneStop(before, texting.id)
  const said = (await record(texting.id)).messages.at(-1)?.content.trim().split(' ').length ?? 0
  expect(said).toBeLessThan(400)
  await see(page.getByText(`w${said - 2} w${said - 1}`)).toBeVisible()
  await see(page.getByText(`w${said - 1} w${said}`)).toHaveCount(0)

  // During a write that is on its way.
  held = Promise.withResolvers<void>()
  all.tools?.use(async (call, own) => {
    if (call.phase === 'execute') await held.promise
    return own()
  })
  const { call, summary, namespace, name, after } = scaling()
  const writing = await ask([{ toolCalls: [call] }, { text: 'Never said.' }])
  await writing.chat.card(summary).approve.click()
  await see(writing.chat.card(summary).root).toContainText(/Executing/)
  before = all.toEngine.requests.length
  await writing.chat.stopButton.click()
  await see(page.getByText('Stopped; this change was already sent, its outcome is awaited')).toBeVisible()
  held.resolve()
  await see(writing.chat.card(summary).root).toContainText(/approved by you/)
  await expectOneStop(before, writing.id)
  expect(all.tools?.workloads.replicas.get(`${namespace}/${name}`)).toBe(after)
  const ended = "select status from tool_calls where conversation_id = $1 and tool = 'k8s_scale'"
  expect((await all.sql.query(ended, [writing.id])).rows).toEqual([{ status: 'completed' }])
  await see(page.getByText('Never said.')).toHaveCount(0)
})

test('a reload in the middle of a run loses nothing and doubles nothing', { timeout: 60_000 }, async () => {
  const pieces = 80
  const gate = Promise.withResolvers<void>()
  all.tools?.use(async (call, own) => {
    if (call.phase !== 'read') return own()
    await call.progress('stdout', 'first line\n')
    await gate.promise
    await call.progress('stdout', 'second line\n')
    return own()
  })
  const pod = chance.name('web')
  const { chat, id } = await ask([
    { reasoning: 'Let me think about it.', toolCalls: [toolCall('k8s_logs', { pod_name: pod, namespace: 'shop' })] },
    { text: { pieces }, pace: { piecesPerSecond: 20 } },
  ])
  const { page } = ada
  await see(page.getByText('first line')).toBeVisible()
  await page.reload()
  await see(page.getByText('first line')).toHaveCount(1)
  await see(page.getByRole('button', { name: /^Thought/ })).toHaveCount(1)
  gate.resolve()
  await see(page.getByText('w9 w10')).toBeVisible()
  await page.reload()
  await see(page.getByText(`w${pieces - 2} w${pieces - 1}`)).toBeVisible()
  await see(chat.stopButton).toHaveCount(0)
  const shown = await page.getByText('w0 w1').innerText()
  expect(shown.trim()).toBe((await record(id)).messages.at(-1)?.content.trim())
  await see(page.getByRole('button', { name: /^Thought/ })).toHaveCount(1)
  await see(chat.row(/logs/i)).toHaveCount(1)
})

test('two texts during a run with an approval wait until it is decided', { timeout: 60_000 }, async () => {
  const { call, summary } = scaling()
  const { chat, id } = await ask([{ toolCalls: [call], pace: { firstAfterMs: 1500 } }, { text: 'Scaled.' }])
  const { page } = ada
  const [second, third] = [chance.name('second'), chance.name('third')]
  all.scenes.play(second, [{ text: 'Second answer.' }])
  all.scenes.play(third, [{ text: 'Third answer.' }])
  await see(chat.stopButton).toBeVisible()
  await chat.send(second)
  await chat.send(third)
  await see(page.getByText('2 queued')).toBeVisible()
  await see(chat.card(summary).approve).toBeEnabled()
  await see(page.getByText('2 queued')).toBeVisible()
  const sent = () =>
    all.model.requests.filter((request) => request.messages.some(({ text }) => text === second || text === third))
  expect(sent()).toEqual([])
  await page.reload()
  await see(page.getByText('2 queued')).toBeVisible()
  await chat.card(summary).approve.click()
  await see(page.getByText('Third answer.')).toBeVisible()
  const contents = (await record(id)).messages.filter(({ type }) => type === 'user').map(({ content }) => content)
  expect(contents.slice(1)).toEqual([second, third])
  await see(page.getByText(/queued/)).toHaveCount(0)
})

test('calls that wait are closed by a later message, and by withdrawing them: cancelled, and why', {
  timeout: 60_000,
}, async () => {
  const { page } = ada
  const replicas = ({ namespace, name }: ReturnType<typeof scaling>) =>
    all.tools?.workloads.replicas.get(`${namespace}/${name}`)
  const first = scaling()
  const { chat } = await ask([{ toolCalls: [first.call] }])
  await see(chat.card(first.summary).approve).toBeEnabled()
  const later = chance.name('leave-it')
  all.scenes.play(later, [{ text: 'Left alone.' }])
  await chat.composer.fill(later)
  await see(page.getByText('Sending this closes the call that waits')).toBeVisible()
  await chat.composer.press('Enter')
  await see(page.getByText('Left alone.')).toBeVisible()
  const superseded = async () => {
    const { root, approve } = chat.card(first.summary)
    await see(root).toContainText('cancelled: a later message took its place; nothing was done')
    await see(approve).toHaveCount(0)
    const steps = chat.strip.getByRole('listitem')
    for (const [index, text] of [/cancelled/, /nothing to run/, /nothing to verify/].entries())
      await see(steps.nth(index + 1)).toContainText(text)
  }
  await superseded()
  await page.reload()
  await superseded()
  expect(replicas(first)).toBe(first.before)

  const both = [scaling(), scaling()]
  const withdrawn = await ask([{ toolCalls: both.map(({ call }) => call) }, { text: 'Never said.' }])
  for (const { summary } of both) await see(withdrawn.chat.card(summary).approve).toBeEnabled()
  await withdrawn.chat.bar.getByRole('button', { name: 'Withdraw all' }).click()
  for (const it of both) {
    const { root, approve } = withdrawn.chat.card(it.summary)
    await see(root).toContainText('cancelled: stopped before it started; nothing was done')
    await see(approve).toHaveCount(0)
    expect(replicas(it)).toBe(it.before)
  }
  // What it would have done can still be read.
  const [one] = both
  const { root } = withdrawn.chat.card(one?.summary ?? '')
  await root.getByRole('button', { expanded: false }).first().click()
  await see(root).toContainText('spec.replicas')
  await see(page.getByText('Never said.')).toHaveCount(0)
})

test('what happens in one tab shows in the other within two seconds', { timeout: 60_000 }, async () => {
  const { call, summary } = scaling()
  const { chat } = await ask([{ text: 'On it.', toolCalls: [call] }, { text: 'Scaled.' }])
  const other = await ada.newTab()
  await other.goto(ada.page.url())
  const there = chatPage(other)
  const soon = { timeout: 2_000 }
  await see(there.card(summary).approve).toBeEnabled()
  await there.card(summary).approve.click()
  await see(chat.card(summary).root).toContainText('As approved')
  await see(there.card(summary).root).toContainText('As approved', soon)
  await see(ada.page.getByText('Scaled.')).toBeVisible()
  const message = chance.name('again')
  all.scenes.play(message, [{ text: { pieces: 300 }, pace: { piecesPerSecond: 20 } }])
  await chat.send(message)
  await see(other.getByText(message)).toBeVisible(soon)
  await see(there.stopButton).toBeVisible(soon)
  await there.stopButton.click()
  await see(there.stopButton).toHaveCount(0)
  await see(chat.stopButton).toHaveCount(0, soon)
  await other.close()
})

test('a stream that is cut again and again loses nothing and doubles nothing', { timeout: 180_000 }, async () => {
  const [cuts, pieces] = isFull ? [20, 10_000] : [4, 1_200]
  let left = cuts
  const passed = new Map<string, number>()
  all.toEngine.interfere(({ method, path }) => {
    const isStream = (method === 'POST' && path === '/api/v1/agent/chat') || /\/agent\/runs\/[^/]+\/events$/.test(path)
    if (!isStream) return { do: 'pass' }
    const until = chance.number(2_000, isFull ? 60_000 : 10_000)
    return {
      do: 'reshape',
      async *through(answer) {
        let bytes = 0
        for await (const chunk of answer) {
          const text = Buffer.from(chunk).toString()
          for (const [, run] of text.matchAll(/"run_id":"([^"]+)"/g)) {
            const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
            passed.set(run ?? '', Math.max(passed.get(run ?? '') ?? 0, ...ids))
          }
          bytes += chunk.length
          if (left > 0 && bytes > until) {
            left--
            yield chunk.subarray(0, chance.number(0, chunk.length))
            // What lies behind comes in packets that are longer than some cuts: a part that never leaves is no step on.
            await sleep(50)
            throw new Error('cut')
          }
          yield chunk
        }
      },
    }
  })
  const read = (pod: string) => ({ toolCalls: [toolCall('k8s_logs', { pod_name: pod, namespace: 'shop' })] })
  const pods = ['one', 'two', 'three'].map((name) => chance.name(name))
  const before = all.toEngine.requests.length
  const { chat, id } = await ask([...pods.map(read), { text: { pieces }, pace: { piecesPerSecond: 400 } }])
  await see(ada.page.getByText(`w${pieces - 2} w${pieces - 1}`)).toBeVisible({ timeout: 120_000 })
  await see(chat.stopButton).toHaveCount(0)
  expect(left, 'all cuts were made').toBe(0)
  const attached = all.toEngine.requests.slice(before).filter(({ path }) => /\/agent\/runs\/[^/]+\/events$/.test(path))
  expect(attached.length).toBeGreaterThanOrEqual(cuts)
  /** What was applied when the stream was taken up the time before. */
  const applied = new Map<string, number>()
  for (const { path, headers } of attached) {
    const run = path.split('/').at(-2) ?? ''
    const last = Number(headers['last-event-id'] ?? 0)
    expect(last, 'nothing that never came').toBeLessThanOrEqual(passed.get(run) ?? 0)
    expect(last, 'nothing twice').toBeGreaterThanOrEqual(applied.get(run) ?? 0)
    applied.set(run, last)
  }
  expect(attached.filter(({ headers }) => headers['last-event-id'] !== undefined).length).toBeGreaterThanOrEqual(
    cuts - 1,
  )
  const shown = await ada.page.getByText('w0 w1').innerText()
  expect(shown.trim()).toBe((await record(id)).messages.at(-1)?.content.trim())
  for (const pod of pods) await see(ada.page.getByText(pod)).not.toHaveCount(0)
  await see(chat.row(/logs/i)).toHaveCount(3)
})

test('60 chats are listed in a tall window, found, renamed and deleted', { timeout: 90_000 }, async () => {
  const bob = await newVisitor(browser, all)
  const titles = Array.from({ length: 60 }, (_, made) => (made % 20 === 7 ? `abacus ${made}` : `conversation ${made}`))
  await all.sql.query(
    `insert into conversations (id, title, user_id, updated_at)
      select gen_random_uuid(), title, $1, now() + n * interval '1 millisecond'
      from unnest($2::text[]) with ordinality as made (title, n)`,
    [bob.account.id, titles],
  )
  const { page } = bob
  await page.setViewportSize({ width: 1440, height: 2000 })
  await page.goto('/')
  const chats = page.getByRole('navigation', { name: 'Chats' })
  await see(chats.getByRole('link')).toHaveCount(60)
  const search = page.getByRole('searchbox', { name: 'Search chats' })
  await page.keyboard.press('Control+k')
  await see(search).toBeFocused()
  await search.fill('ab')
  await see(chats.getByRole('link')).toHaveText(titles.filter((title) => title.startsWith('ab')).toReversed())
  await search.press('Escape')
  await see(search).toHaveValue('')
  await see(chats.getByRole('link')).toHaveCount(60)

  await page.getByRole('button', { name: `Options for ${titles[7]}` }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  const dialog = page.getByRole('dialog')
  await see(dialog.getByRole('textbox')).toBeFocused()
  await see(dialog.getByRole('textbox')).toHaveValue(titles[7] ?? '')
  const renamed = chance.name('renamed')
  await dialog.getByRole('textbox').fill(renamed)
  await dialog.getByRole('textbox').press('Enter')
  await see(dialog).toHaveCount(0)
  await see(chats.getByRole('link', { name: renamed })).toBeVisible()
  await page.getByRole('button', { name: `Options for ${renamed}` }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await see(page.getByRole('dialog')).toContainText('audit record')
  await see(page.getByRole('dialog')).toContainText(renamed)
  await page.getByRole('dialog').getByRole('button', { name: 'Delete chat' }).click()
  await see(chats.getByRole('link', { name: renamed })).toHaveCount(0)
  await see(chats.getByRole('link')).toHaveCount(59)
  expect(bob.watched).toEqual(nothingWrong)
  await bob.context.close()
})

test('a conversation that is not there, or not mine, says so and starts nothing', { timeout: 60_000 }, async () => {
  const eve = await newVisitor(browser, all)
  const { id } = await ask([{ text: 'Only for me.' }])
  await see(ada.page.getByText('Only for me.')).toBeVisible()
  for (const path of [`/chat/${id}`, `/chat/${randomUUID()}`]) {
    await eve.page.goto(path)
    await see(eve.page.getByText('Conversation not found')).toBeVisible()
    await see(eve.page.getByText('Only for me.')).toHaveCount(0)
    await see(
      chatPage(eve.page)
        .composer.or(eve.page.getByRole('link', { name: /home|new chat/i }))
        .first(),
    ).toBeVisible()
    const composer = chatPage(eve.page).composer
    if ((await composer.count()) > 0) await see(composer).toBeDisabled()
  }
  expect(eve.watched).toEqual(nothingWrong)
  await eve.context.close()
})

test('a superuser reads a conversation, is told whose it is, and can do nothing in it', {
  timeout: 60_000,
}, async () => {
  const it = scaling()
  const { id, chat } = await ask([{ text: 'I will scale it.', toolCalls: [it.call] }, { text: 'Done.' }])
  await see(chat.card(it.summary).approve).toBeEnabled()
  const root = await newVisitor(browser, all, { rights: { role: 'admin', is_superuser: true } })
  await root.page.goto(`/chat/${id}`)
  const theirs = chatPage(root.page)
  await see(root.page.getByRole('note')).toContainText(ada.account.email)
  await see(theirs.card(it.summary).root).toBeVisible()
  for (const absent of [
    theirs.composer,
    theirs.stopButton,
    theirs.card(it.summary).approve,
    theirs.card(it.summary).deny,
  ])
    await see(absent).toHaveCount(0)
  await see(ada.page.getByRole('note')).toHaveCount(0)
  expect(root.watched).toEqual(nothingWrong)
  await root.context.close()
})

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(ada.watched).toEqual(nothingWrong)
})
