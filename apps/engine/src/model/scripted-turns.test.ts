import type { ModelPart } from '@fairlead/agent/model'
import type { Reply } from '@fairlead/testing/model/model-script'
import { startModelServer } from '@fairlead/testing/model/scripted-model-server'
import { describe, expect, test } from 'vitest'
import { createModel } from './create-model.ts'

const tools = ['k8s_get', 'k8s_logs'].map((name) => ({ name, description: 'Reads.', inputSchema: { type: 'object' } }))

async function turnOf(id: string, reply: Reply): Promise<ModelPart[]> {
  const server = await startModelServer([reply])
  try {
    const settings = { id, host: server.url, apiKey: 'k' }
    const model = await createModel({ settings, log: { warn: () => undefined }, silenceSeconds: 1 })
    const request = { system: 's', systemTail: 't', messages: [{ role: 'user' as const, content: 'why?' }], tools }
    const parts: ModelPart[] = []
    for await (const part of model.stream(request, { signal: AbortSignal.timeout(20_000) })) parts.push(part)
    return parts
  } finally {
    await server.close()
  }
}

function said(parts: readonly ModelPart[], type: 'text' | 'reasoning'): string {
  return parts.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('')
}

describe.each(['openai/scripted', 'anthropic/scripted'])('%s', (id) => {
  const reply: Reply = {
    reasoning: 'Überlegen: 考えて',
    text: 'Fünf Pods — 五つ 🚢.',
    toolCalls: [
      { id: 'call_1', name: 'k8s_get', args: { name: 'wéb', all: true } },
      { id: 'call_2', name: 'k8s_logs', args: { pod: 'web-1' } },
    ],
    usage: { input: 100, output: 20, cachedInput: 40 },
  }

  test.each<[string, Partial<Reply>]>([
    ['in whole packets', {}],
    ['byte by byte', { split: 'every-byte' }],
    ['cut anywhere', { split: { seed: 7 } }],
  ])('brings text, thoughts, parallel calls and usage %s', async (_, split) => {
    const parts = await turnOf(id, { ...reply, ...split })
    expect(said(parts, 'text')).toBe(reply.text)
    expect(said(parts, 'reasoning')).toBe(reply.reasoning)
    const finished = parts.at(-1)
    if (finished?.type !== 'finished') throw new Error(`The turn ended with ${JSON.stringify(finished)}`)
    expect(finished.toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args: JSON.parse(args) }))).toEqual(
      reply.toolCalls,
    )
    expect(finished.usage).toMatchObject({ completion_tokens: 20, cached_tokens: 40 })
  })

  test('loses and doubles no piece of ten thousand', async () => {
    const parts = await turnOf(id, { text: { pieces: 10_000 } })
    expect(said(parts, 'text').trim().split(' ')).toEqual(Array.from({ length: 10_000 }, (_, index) => `w${index}`))
  })

  test.each<[string, Reply, string]>([
    ['a stall', { text: 'abc def', fault: { kind: 'stall', ms: 4000, afterPieces: 1 }, pace: { pieceSize: 4 } }, 'cut'],
    [
      'a reset',
      { text: 'abc def', fault: { kind: 'cut', how: 'reset', afterPieces: 1 }, pace: { pieceSize: 4 } },
      'cut',
    ],
    [
      'an early end',
      { text: 'abc def', fault: { kind: 'cut', how: 'end', afterPieces: 1 }, pace: { pieceSize: 4 } },
      'cut',
    ],
    [
      'an overload in the stream',
      { text: 'abc def', fault: { kind: 'error-event', afterPieces: 1 }, pace: { pieceSize: 4 } },
      'transient',
    ],
  ])('never takes %s for an answer, and keeps what was shown', async (_, faulty, kind) => {
    const parts = await turnOf(id, faulty)
    expect(said(parts, 'text')).toBe('abc ')
    expect(parts.at(-1)).toMatchObject({ type: 'failed', kind })
  })

  test.each([
    [429, 'rate-limited'],
    [500, 'fatal'],
    [503, 'transient'],
  ])('says what %i means', async (status, kind) => {
    const parts = await turnOf(id, { fault: { kind: 'status', status, retryAfter: 3 } })
    expect(parts).toMatchObject([{ type: 'failed', kind, retryAfterSeconds: 3 }])
  })
})
