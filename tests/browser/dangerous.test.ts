import { newChance } from '@fairlead/e2e/chance'
import { type Person, signIn } from '@fairlead/e2e/person'
import { only } from '@fairlead/e2e/read-events'
import { enter, openTerminal, runCommand } from '@fairlead/e2e/terminal'
import {
  type DangerousObject,
  dangerousObjects,
  dangerousRuns,
} from '@fairlead/testing/dangerous-objects/dangerous-object'
import { createIn, serveOwnTypes } from '@fairlead/testing/dangerous-objects/own-types'
import type { Browser } from '@playwright/test'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startChromium } from './chromium.fixture.ts'
import { type Installation, startInstallation } from './installation.fixture.ts'
import { keepFailure } from './keep-failure.fixture.ts'
import { toolCall } from './scenes.fixture.ts'
import { see } from './see.fixture.ts'
import { newVisitor, type Visitor } from './visitor.fixture.ts'

const minutes = 60_000
const runs = dangerousRuns()
const chance = newChance()
let all: Installation
let browser: Browser
let ada: Visitor
let asking: Person
let namespace: string

/** An access token lives for a quarter of an hour, and 500 objects take longer. */
const signInEvery = 50

beforeAll(async () => {
  browser = await startChromium()
  all = await startInstallation()
  ada = await newVisitor(browser, all)
  await serveOwnTypes(all.cluster)
  namespace = await all.cluster.newNamespace(chance.name('danger'))
}, 400_000)
afterAll(async () => {
  await browser?.close()
  await all?.close()
}, 60_000)
afterEach((context) => keepFailure(context, browser))

/** Proposes to apply it; resolves to the call, which waits with the effect that the tool server computed. */
async function proposed(
  { object, before, beside }: DangerousObject,
  index: number,
): Promise<{ callId: string; summary: string }> {
  // An update of what is there without the danger, where no other test can see that.
  const isUpdate = index % 2 === 1 && !/^Cluster|WebhookConfiguration$|^(?:Pod|Job|PersistentVolume)$/.test(object.kind)
  const content = JSON.stringify(object)
  for (const each of [...beside, ...(isUpdate ? [before] : [])]) await createIn(all.cluster, namespace, each)
  const message = `apply ${object.kind} ${index} of ${namespace}`
  all.scenes.play(message, [{ toolCalls: [toolCall('k8s_apply', { content, namespace, force_conflicts: isUpdate })] }])
  const events = await asking.ask(message)
  const fault = events.find((event) => event.type === 'tool.error')
  expect(fault?.error, `${object.kind}, ${isUpdate ? 'changed' : 'created'}`).toBeUndefined()
  const { call_id, effect } = only(events, 'tool.awaiting_approval')
  return { callId: call_id, summary: effect?.summary ?? 'no summary' }
}

/** Line breaks and runs of blanks are the layout's own. */
const plain = (text: string) => text.replace(/\s+/g, ' ')

const signedIn = () => ({
  FAIRLEAD_SERVER: all.url,
  FAIRLEAD_EMAIL: ada.account.email,
  FAIRLEAD_PASSWORD: ada.account.password,
})

/** What stands out on the terminal's card, its frame taken away. */
async function onTerminal(callId: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand({ args: ['approve', callId], env: signedIn() })
  expect(code, stderr).toBe(4)
  const [, standsOut = ''] = stdout.replaceAll(/^│ ?/gm, '').split('Stands out')
  return standsOut.split(/^Risk {2}/m)[0] ?? ''
}

/** What stands out on the page's card. */
async function onPage(callId: string, summary: string): Promise<string> {
  await ada.page.goto(`/approvals/${encodeURIComponent(callId)}`)
  const card = ada.page.getByRole('region', { name: summary })
  await see(card).toBeVisible()
  return await card.getByRole('list', { name: 'Stands out' }).innerText()
}

test(`card and terminal say what is dangerous before all else: ${runs.numRuns} objects, seed ${runs.seed}`, {
  timeout: runs.numRuns * 20_000,
}, async () => {
  const missed: string[] = []
  const objects = dangerousObjects(runs)
  for (const [index, object] of objects.entries()) {
    if (index % signInEvery === 0) asking = await signIn(all.api, ada.account.email, ada.account.password)
    const { callId, summary } = await proposed(object, index)
    const [terminal, page] = await Promise.all([onTerminal(callId), onPage(callId, summary)])
    const { what, behind, text } = object.dangerous
    for (const [where, shown] of Object.entries({ terminal, page })) {
      if (!plain(shown).includes(plain(text)))
        missed.push(`${where}: ${object.kind}, ${what} behind ${behind}: ${text}`)
    }
  }
  expect(missed).toEqual([])
})

test('at a terminal it has been on the screen before anybody is asked', { timeout: 3 * minutes }, async () => {
  const [object] = dangerousObjects({ numRuns: 500, seed: runs.seed }).filter(
    ({ dangerous }) => dangerous.behind === 'length',
  )
  if (object === undefined) throw new Error('the generator hides nothing behind length')
  asking = await signIn(all.api, ada.account.email, ada.account.password)
  // It may be one of those that are there already.
  namespace = await all.cluster.newNamespace(chance.name('danger'))
  const { callId } = await proposed(object, 10_000)
  const terminal = openTerminal({ args: ['approve', callId], env: signedIn() })
  await terminal.see('Stands out')
  await terminal.see('Enter shows more, a all')
  expect(terminal.text()).not.toContain('Approve exactly this?')
  terminal.type('a')
  await terminal.see(object.dangerous.text)
  await terminal.see('Approve exactly this?')
  terminal.type(`l${enter}`)
  expect(await terminal.ended).toBe(4)
})
