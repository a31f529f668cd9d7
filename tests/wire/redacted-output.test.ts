import { type ScriptedAnswer, succeeded, written } from '@fairlead/testing/tools/tool-script'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { flowOf, only, readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

describe.each(adapterSets)('secrets in the parts of what a tool says, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  let conversation: string
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters })
  })
  beforeEach(async () => {
    engine.tools.use((_, own) => own())
    conversation = await openConversation(engine)
  })
  afterAll(() => engine?.close())

  const said = 'the login password=hunter2 failed'
  const shown = 'the login password=*** failed'

  /** One read that is answered with these blocks behind its text: what its event says, and its row. */
  async function readWith(blocks: NonNullable<ScriptedAnswer['blocks']>) {
    const { read, id } = newCalls(engine)
    engine.tools.use((call, own) => (call.callId === id('R1') ? { ...succeeded('here'), blocks } : own()))
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    const { result } = only(await readRun(await engine.owner.chat('read it', conversation)), 'tool.result')
    const [kept] = await engine.owner.calls(conversation)
    expect(kept?.result).toEqual(result)
    const [text, ...others] = result
    expect(text).toEqual({ type: 'text', text: 'here' })
    return others
  }
  const resource = (text: string) => ({ type: 'resource' as const, resource: { uri: 'file:///etc/app', text } })

  async function blobOf(block: { blob?: { sha256: string } } | undefined): Promise<unknown> {
    const answer = await fetch(`${engine.api}/conversations/${conversation}/blobs/${block?.blob?.sha256}`, {
      headers: { authorization: `Bearer ${engine.owner.token}` },
    })
    return await answer.json()
  }

  test('of blocks that are no text', async () => {
    const link = { type: 'resource_link' as const, uri: 'https://shop:hunter2@example.com/', name: 'app' }
    expect(await readWith([resource(said), link])).toEqual([
      resource(shown),
      { ...link, uri: 'https://shop:***@example.com/' },
    ])
  })

  test('of what stands beside a text, and no name of a body of ours', async () => {
    const blob = { sha256: 'a'.repeat(64), bytes: 1 }
    const blocks = [{ type: 'text' as const, text: said, _meta: { token: 'hunter22', note: said }, blob }]
    expect(await readWith(blocks)).toEqual([{ type: 'text', text: shown, _meta: { token: '***', note: shown } }])
  })

  test('but what is base64 of an image or a sound stays as it is', async () => {
    const data = '/AKIAIOSFODNN7EXAMPLE/aa'
    const blocks = [
      { type: 'image' as const, mimeType: 'image/png', data },
      { type: 'audio' as const, mimeType: 'audio/wav', data },
    ]
    expect(await readWith(blocks)).toEqual(blocks)
  })

  test('of blocks that are too large to be shown: all together are shown up to 256 KiB', async () => {
    const text = `${said}\n${'x'.repeat(150 * 1024)}`
    const image = { type: 'image' as const, mimeType: 'image/png', data: 'A'.repeat(256 * 1024) }
    const [first, second, third, last] = await readWith([resource(text), resource(text), image, resource('small')])
    const whole = resource(text.replace(said, shown))
    const blob = { sha256: expect.any(String), bytes: expect.any(Number) }
    expect(first).toEqual(whole)
    expect(second).toEqual({ type: 'text', text: expect.stringContaining(shown), blob })
    expect(second?.text?.length).toBeLessThan(70 * 1024)
    expect(third).toEqual({ type: 'text', text: expect.stringMatching(/^\[image of \d+ bytes, too large/), blob })
    expect(last).toEqual(resource('small'))
    expect([await blobOf(second), await blobOf(third)]).toEqual([whole, image])
  })

  async function approveScaling(answer: (phase: string, own: () => ScriptedAnswer) => ScriptedAnswer) {
    const { scale, id } = newCalls(engine)
    engine.tools.use((call, own) => (call.callId === id('W1') ? answer(call.phase, own) : own()))
    engine.model.use([{ toolCalls: [scale('W1')] }, { text: 'Done.' }])
    const proposal = only(await readRun(await engine.owner.chat('scale', conversation)), 'tool.awaiting_approval')
    const events = await readRun(await engine.owner.approve(proposal))
    const [kept] = await engine.owner.calls(conversation)
    return { events, kept }
  }

  test('of what it says about each object', async () => {
    const ref = { cluster: 'scripted', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    const { events, kept } = await approveScaling((phase, own) =>
      phase === 'execute' ? written([{ ref, outcome: 'failed', error: said }]) : own(),
    )
    expect(flowOf(events)).toContain('tool.error(W1 failed)')
    const objects = [{ ref, outcome: 'failed', error: shown }]
    expect([only(events, 'tool.error').objects, kept?.objects]).toEqual([objects, objects])
  })

  test('of how an object differs from what was approved', async () => {
    const ref = { cluster: 'scripted', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    const objects = (actual: string) => [
      { ref, verdict: 'differs' as const, differences: [{ path: '/spec/args', approved: 'none', actual }] },
    ]
    const { events, kept } = await approveScaling((phase, own) =>
      phase === 'verify'
        ? succeeded('differs', { verification: { verdict: 'differs', waited_ms: 0, objects: objects(said) } })
        : own(),
    )
    expect([only(events, 'tool.verified').objects, kept?.verdict?.objects]).toEqual([objects(shown), objects(shown)])
    const messages = engine.model.requests.findLast(({ isStreamed }) => isStreamed)?.messages
    expect(messages?.findLast(({ role }) => role === 'tool')?.text).toContain(shown)
    expect(JSON.stringify(messages)).not.toContain('hunter2')
  })
})
