import { randomUUID } from 'node:crypto'
import type { Verification } from '@fairlead/contract/effect/effect'
import { newChance } from '@fairlead/e2e/chance'
import { failed, succeeded, type ToolScript } from '@fairlead/testing/tools/tool-script'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { chatPage, newChat } from './chat-page.fixture.ts'
import { startChromium } from './chromium.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'
import { nothingWrong } from './watch-context.fixture.ts'

const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor
/** What becomes of a workload's calls, by its name; without, all goes well. */
const fates = new Map<string, ToolScript>()

afterEach((context) => keepFailure(context, browser))
beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation({ tools: 'scripted' })
  all.tools?.use((call, own) => {
    const callText = JSON.stringify([call.args, call.meta])
    const fate = [...fates].find(([name]) => callText.includes(name))?.[1]
    return fate?.(call, own) ?? own()
  })
  ada = await newVisitor(browser, all)
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)

type Change = {
  name: string
  summary: string
  call: ReturnType<typeof toolCall>
  before: number
  after: number
  key: string
}

function newChange(fate?: ToolScript): Change {
  const [namespace, name] = [chance.name('shop'), chance.name('web')]
  const [before, after] = [chance.number(1, 3), chance.number(4, 6)]
  const key = `${namespace}/${name}`
  all.tools?.workloads.replicas.set(key, before)
  if (fate) fates.set(name, fate)
  const call = toolCall('k8s_scale', { resource_type: 'deployment', name, namespace, replicas: after })
  return { name, call, before, after, key, summary: `Scale ${name} ${before} → ${after} in ${namespace}` }
}

const read = () => toolCall('k8s_logs', { pod_name: chance.name('web'), namespace: 'shop' })

async function ask(...turns: ReturnType<typeof toolCall>[][]) {
  const message = `do it, ${randomUUID().slice(0, 8)}`
  all.scenes.play(message, [...turns.map((toolCalls) => ({ toolCalls })), { text: 'That was it.' }])
  const chat = await newChat(ada.page)
  await chat.send(message)
  await see(ada.page).toHaveURL(/\/chat\//)
  return chat
}

type Steps = [plan: RegExp, approve: RegExp, execute: RegExp, verify: RegExp]

/** The strip says so now; `active` is the step that is marked as the present one. */
async function expectSteps(steps: Steps, active?: 'Plan' | 'Approve' | 'Execute' | 'Verify'): Promise<void> {
  const { strip } = chatPage(ada.page)
  const items = strip.getByRole('listitem')
  for (const [index, step] of steps.entries()) await see(items.nth(index)).toContainText(step)
  await see(items).toHaveCount(4)
  const current = await items.evaluateAll((found) =>
    found.map(
      (item) => item.getAttribute('aria-current') ?? item.querySelector('[aria-current]')?.getAttribute('aria-current'),
    ),
  )
  const names = ['Plan', 'Approve', 'Execute', 'Verify']
  expect(current.map((mark, index) => (mark === 'step' ? names[index] : undefined)).filter(Boolean)).toEqual(
    active ? [active] : [],
  )
}

/** Once the run is over: the same after a reload. */
async function expectEnd(steps: Steps, active?: 'Approve'): Promise<void> {
  await see(chatPage(ada.page).stopButton).toHaveCount(0)
  await expectSteps(steps, active)
  await ada.page.reload()
  await expectSteps(steps, active)
}

const verdictOf =
  (
    verdict: Verification['verdict'],
    waited_ms: number,
    more: Partial<Verification['objects'][number]> = {},
  ): ToolScript =>
  (call, own) => {
    if (call.phase !== 'verify') return own()
    const { verification } = own() as { verification: Verification }
    const objects = verification.objects.map((object) => ({ ...object, verdict, ...more }))
    return succeeded(verdict, { verification: { verdict, waited_ms, objects } })
  }

test('reads alone need neither approval nor verification', { timeout: 60_000 }, async () => {
  await ask([read(), read()])
  await expectEnd([/2 reads/, /not needed/i, /done|2 of 2/i, /not needed/i])
})

test('one change: asked, done, as approved', { timeout: 60_000 }, async () => {
  const change = newChange()
  const chat = await ask([read()], [change.call])
  await expectSteps([/1 change, 1 read/, /0 of 1 decided|waiting/i, /waiting|1 of 2/i, /waiting/i], 'Approve')
  await chat.card(change.summary).approve.click()
  await expectEnd([/1 change, 1 read/, /done|1 of 1|approved/i, /done|2 of 2/i, /as approved/i])
})

test('two changes, one of them denied: the other stands where it stood, runs and is verified', {
  timeout: 60_000,
}, async () => {
  const [one, other] = [newChange(), newChange()]
  const chat = await ask([one.call, other.call])
  const [first, second] = [chat.card(one.summary), chat.card(other.summary)]
  const list = ada.page.getByRole('list', { name: 'Messages' })
  /** Of the second card, from where the messages begin; pixels. */
  const place = async () => ((await second.root.boundingBox())?.y ?? 0) - ((await list.boundingBox())?.y ?? 0)
  await see(second.approve).toBeEnabled()
  const [before, height] = [await place(), (await first.root.boundingBox())?.height ?? 0]
  await first.denyBecause('not this one')
  await see(first.root).toContainText('not this one')
  await expectSteps([/2 changes/, /1 of 2 decided/i, /./, /./], 'Approve')
  await expect.poll(async () => Math.abs((await place()) - before), { timeout: 5_000 }).toBeLessThanOrEqual(2)
  await second.approve.click()
  // The room of what was decided goes once nobody is about to press beside it.
  await expect.poll(place, { timeout: 5_000 }).toBeLessThan(before - height / 2)
  await expectEnd([/2 changes/, /denied|2 of 2/i, /./, /as approved/i])
})

test('all denied: nothing to run, nothing to verify', { timeout: 60_000 }, async () => {
  const change = newChange()
  const chat = await ask([change.call])
  await chat.card(change.summary).denyBecause('no')
  await expectEnd([/1 change/, /denied/i, /nothing to run/i, /nothing to verify/i])
})

test('a failed change is attention, and is not verified', { timeout: 60_000 }, async () => {
  const change = newChange((call, own) =>
    call.phase === 'execute' ? failed('Forbidden', 'the quota is used up.') : own(),
  )
  const chat = await ask([change.call])
  await chat.card(change.summary).approve.click()
  await see(chat.card(change.summary).root).toContainText('quota is used up')
  await expectEnd([/1 change/, /./, /1 failed/i, /nothing to verify|not needed|not run/i])
})

test('an outcome that nobody knows is said in both steps, and the card offers to look, not to repeat', {
  timeout: 60_000,
}, async () => {
  const change = newChange((call, own) => {
    if (call.phase === 'execute') call.cut()
    if (call.phase === 'verify') return failed('Unavailable', 'the API server does not answer.')
    return own()
  })
  const chat = await ask([change.call])
  const card = chat.card(change.summary)
  await card.approve.click()
  await see(card.root).toContainText('This change may or may not have taken effect. It was not sent again.')
  await expectEnd([/1 change/, /./, /outcome unknown/i, /unknown/i])
  await see(card.approve).toHaveCount(0)
  await card.root.getByRole('button', { name: /check|look/i }).click()
  await see(chat.composer).not.toHaveValue('')
})

test('changed since: approve is active again, and nothing counts as started', { timeout: 60_000 }, async () => {
  const change = newChange()
  const chat = await ask([change.call])
  await see(chat.card(change.summary).approve).toBeEnabled()
  all.tools?.workloads.replicas.set(change.key, change.after + 1)
  await chat.card(change.summary).approve.click()
  await expectSteps([/1 change/, /asked again/i, /waiting|not started/i, /waiting/i], 'Approve')
  await ada.page.reload()
  await expectSteps([/1 change/, /asked again/i, /waiting|not started/i, /waiting/i], 'Approve')
})

test('a controller that changes it back: differs, with path, approved and actual', { timeout: 60_000 }, async () => {
  const actual = chance.number(10, 20)
  let now: Change | undefined
  const change = newChange((call, own) => {
    if (call.phase === 'verify' && now) all.tools?.workloads.replicas.set(now.key, actual)
    return own()
  })
  now = change
  const chat = await ask([change.call])
  await chat.card(change.summary).approve.click()
  await see(chat.card(change.summary).root).toContainText(/differs/i)
  await see(
    chat.card(change.summary).root.getByRole('row', { name: new RegExp(`spec\\.replicas ${change.after} ${actual}`) }),
  ).toBeVisible()
  await expectEnd([/1 change/, /./, /done|1 of 1/i, /differs/i])
})

test('a rollout that hangs is not yet as approved, with the time that was waited', { timeout: 60_000 }, async () => {
  const change = newChange(verdictOf('not_yet', 61_000))
  const chat = await ask([change.call])
  await chat.card(change.summary).approve.click()
  await see(chat.card(change.summary).root).toContainText(/not yet/i)
  await see(chat.card(change.summary).root).toContainText('1m 1s')
  await expectEnd([/1 change/, /./, /done|1 of 1/i, /not yet/i])
})

test('what cannot be read back is said to be so; the worst of several verdicts counts', {
  timeout: 60_000,
}, async () => {
  const [good, bad] = [newChange(), newChange(verdictOf('unreadable', 0))]
  const chat = await ask([good.call, bad.call])
  await chat.card(good.summary).approve.click()
  await chat.card(bad.summary).approve.click()
  await see(chat.card(bad.summary).root).toContainText(/could not be read back/i)
  await expectEnd([/2 changes/, /./, /done|2 of 2/i, /could not be read|unreadable/i])
})

test('stopped before anybody looked: not verified, and never all positive', { timeout: 60_000 }, async () => {
  const verifying = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const change = newChange(async (call, own) => {
    if (call.phase !== 'verify') return own()
    verifying.resolve()
    await release.promise
    return failed('Cancelled', 'nobody waits any more.')
  })
  const chat = await ask([change.call])
  await chat.card(change.summary).approve.click()
  await verifying.promise
  await expectSteps([/1 change/, /./, /done|1 of 1/i, /checking/i], 'Verify')
  await chat.stopButton.click()
  await expectEnd([/1 change/, /./, /done|1 of 1/i, /not verified|could not be read/i])
  release.resolve()
})

test('no page of these asked another origin, broke its own policy or failed', () => {
  expect(ada.watched).toEqual(nothingWrong)
})
