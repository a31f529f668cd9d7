import { listTools } from '@fairlead/contract/endpoints/agent'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { readRun } from './flow.fixture.ts'
import { newCalls, openConversation } from './scenario.fixture.ts'

type Inbox = { items: ApprovalItem[]; next_cursor: string | null }

describe.each(adapterSets)('what is listed, %s', { timeout: 60_000 }, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({ adapters, settings: { MAX_AUTO_CONTINUE_TURNS: '0' } })
  })
  beforeEach(() => engine.tools.use((_, own) => own()))
  afterAll(() => engine?.close())

  test('pages of the inbox join to the whole, first what expires first', async () => {
    const ids: string[] = []
    // The later of the turns expires sooner, and two calls of one turn at the same moment.
    for (const APPROVAL_TTL_HOURS of ['72', '24', '0', '48']) {
      await engine.restart({ settings: { APPROVAL_TTL_HOURS } })
      const conversation = await openConversation(engine)
      const { scale, id } = newCalls(engine)
      engine.model.use([{ toolCalls: [scale('W1'), scale('W2')] }])
      await readRun(await engine.owner.chat('scale both', conversation))
      ids.push(id('W1'), id('W2'))
    }
    const [in72, and72, in24, and24, never, andNever, in48, and48] = ids
    const expected = [in24, and24, in48, and48, in72, and72, never, andNever]
    const page = async (query: string) => (await engine.owner.request('GET', `/approvals?${query}`)).body as Inbox
    expect((await page('limit=50')).items.map(({ call_id }) => call_id)).toEqual(expected)
    for (const limit of [1, 3, 4]) {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const of = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { items, next_cursor }: Inbox = await page(`limit=${limit}${of}`)
        expect(items.length).toBeLessThanOrEqual(limit)
        seen.push(...items.map(({ call_id }) => call_id))
        cursor = next_cursor
      }
      expect(seen).toEqual(expected)
    }
    expect(await engine.owner.request('GET', '/approvals?cursor=yesterday')).toEqual({
      status: 400,
      body: { detail: 'Invalid cursor' },
    })
  })

  test('tools are listed whole, whatever a conversation has loaded, and 502 when their server does not list', async () => {
    engine.tools.list((tool) => (tool.name === 'k8s_get' ? { ...tool, title: undefined, _meta: undefined } : tool))
    await engine.restart()
    const { status, body } = await engine.owner.request('GET', '/agent/tools')
    expect(status).toBe(200)
    const tools = listTools.output.parse(body)
    expect(tools.find(({ name }) => name === 'k8s_get')).toMatchObject({ title: '', tags: [], pinned: true })
    expect(tools.find(({ name }) => name === 'k8s_scale')).toEqual({
      name: 'k8s_scale',
      title: expect.stringMatching(/./),
      annotations: expect.objectContaining({ readOnlyHint: false }),
      tags: expect.arrayContaining(['k8s']),
      server: 'builtin',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      pinned: true,
    })
    const { read } = newCalls(engine)
    engine.model.use([{ toolCalls: [read('R1')] }, { text: 'Done.' }])
    engine.tools.use(async (call, own) => {
      if (call.callId.startsWith('R1')) {
        engine.tools.list(() => {
          throw new Error('no list today')
        })
        await call.listChanged()
      }
      return own()
    })
    await readRun(await engine.owner.chat('look'))
    expect(await engine.owner.request('GET', '/agent/tools')).toEqual({
      status: 502,
      body: { detail: 'Error listing tools' },
    })
    engine.tools.list((tool) => tool)
    expect((await engine.owner.request('GET', '/agent/tools')).status).toBe(200)
  })
})
