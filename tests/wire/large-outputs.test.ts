import { createHash } from 'node:crypto'
import type { Effect } from '@fairlead/contract/effect/effect'
import { previewed, type SeenToolCall, succeeded } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

const whole = 256 * 1024
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
/** Lines that differ, of that many bytes. */
const linesOf = (bytes: number) =>
  Array.from({ length: Math.ceil(bytes / 16) }, (_, line) => `line ${String(line).padStart(10, '0')}\n`)
    .join('')
    .slice(0, bytes)

let engine: EngineUnderTest
let conversation: string
beforeAll(async () => {
  engine = await startEngineUnderTest({ adapters: 'embedded', settings: { APPROVAL_TTL_HOURS: '0' } })
  conversation = await openConversation(engine)
})
afterAll(() => engine?.close())

async function readBlob(digest: string): Promise<string> {
  const answer = await fetch(`${engine.api}/conversations/${conversation}/blobs/${digest}`, {
    headers: { authorization: `Bearer ${engine.owner.token}` },
  })
  expect(answer.status).toBe(200)
  return await answer.text()
}

/** One read that is answered like this, with its event and what is kept of it. */
async function readWith(answer: (call: SeenToolCall) => Promise<string> | string) {
  const { read, id } = newCalls(engine)
  engine.tools.use(async (call, own) => (call.callId === id('R1') ? succeeded(await answer(call)) : own()))
  engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
  const events = await readRun(await engine.owner.chat('read it', conversation))
  expect(flowOf(events)).toContain('tool.result(R1)')
  const kept = (await engine.owner.calls(conversation)).find(({ call_id }) => call_id === id('R1'))
  return { shown: only(events, 'tool.result').result, kept }
}

test('a result of 256 KiB is shown whole', async () => {
  const text = linesOf(whole)
  const { shown, kept } = await readWith(() => text)
  expect(shown).toEqual([{ type: 'text', text }])
  expect(kept?.result).toEqual(shown)
})

test('of a larger result head and tail are shown, and the whole is kept', async () => {
  const text = linesOf(whole + 1)
  const { shown, kept } = await readWith(() => text)
  const blob = { sha256: sha256(text), bytes: whole + 1 }
  expect(shown).toEqual([{ type: 'text', text: expect.any(String), blob }])
  expect(kept?.result).toEqual(shown)
  const [{ text: cut = '' } = {}] = shown as { text?: string }[]
  expect(Buffer.byteLength(cut)).toBeLessThan(whole)
  expect(cut.startsWith(text.slice(0, 1000))).toBe(true)
  expect(cut.endsWith(text.slice(-1000))).toBe(true)
  expect(await readBlob(blob.sha256)).toBe(text)
})

test('what a call has said while it ran is kept whole', async () => {
  const text = linesOf(whole + 1)
  const { kept } = await readWith(async (call) => {
    await call.progress('stdout', text.slice(0, 100_000))
    await call.progress('stderr', text.slice(100_000))
    return 'done'
  })
  expect(kept).toMatchObject({ progress: { bytes: whole + 1, blob: { sha256: sha256(text), bytes: whole + 1 } } })
  expect(await readBlob(sha256(text))).toBe(text)
})

/** The question about a scaling whose effect has this diff. */
async function askWithDiff(diff: string) {
  const asking = await openConversation(engine)
  const { scale, id } = newCalls(engine)
  const withDiff = (effect: Effect): Effect => ({
    ...effect,
    objects: effect.objects.map((object) => ({ ...object, diff })),
  })
  engine.tools.use((call, own) => {
    const { effect } = own()
    if (call.callId !== id('W1') || effect === undefined) return own()
    return previewed(call, withDiff(effect))
  })
  engine.model.use([{ toolCalls: [scale('W1')] }])
  const events = await readRun(await engine.owner.chat('scale it', asking))
  const approval = only(events, 'tool.awaiting_approval')
  return { approval, item: await engine.owner.approval(approval.call_id) }
}

/** The lines of an object's diff, page by page. */
async function readDiff(callId: string): Promise<string> {
  const lines: string[] = []
  for (;;) {
    const query = `object=0&from=${lines.length}&lines=2000`
    const { body } = await engine.owner.request('GET', `/approvals/${callId}/diff?${query}`)
    const page = body as { lines: string[]; total: number }
    lines.push(...page.lines)
    if (lines.length >= page.total) return lines.join('\n')
  }
}

test('a large effect is sent without its diff, whose lines are read by themselves', async () => {
  const diff = linesOf(60_001)
  const { approval, item } = await askWithDiff(diff)
  expect(approval.effect).toMatchObject({ diff_omitted: true, objects: [{ kind: 'Deployment' }] })
  expect(approval.effect.objects[0]).not.toHaveProperty('diff')
  expect(item.effect).toEqual(approval.effect)
  expect(await readDiff(approval.call_id)).toBe(diff)
  expect(item.effect_digest).toBe(approval.effect_digest)
  await engine.loseTails()
  const rebuilt = await readRun(await engine.owner.follow(approval.run_id))
  expect(only(rebuilt, 'tool.awaiting_approval').effect).toEqual(approval.effect)
})

test('a diff of 60,000 characters is sent whole', async () => {
  const diff = linesOf(60_000)
  const { approval, item } = await askWithDiff(diff)
  expect([approval.effect, item.effect].map((effect) => effect?.objects[0]?.diff)).toEqual([diff, diff])
})

test('a small one is sent whole; an approval without a limit of time never expires', async () => {
  const { approval, item } = await askWithDiff('-3\n+5')
  expect(approval.effect).toEqual(item.effect)
  expect(approval.effect.objects[0]?.diff).toBe('-3\n+5')
  expect([approval.expires_at, item.expires_at]).toEqual([null, null])
})
