import { expect, it } from 'vitest'
import { readServerEvents, type ServerEvent } from './read-server-events.ts'

const encoder = new TextEncoder()

function bodyOf(parts: readonly Uint8Array[], of: { onCancel?: () => void; fault?: Error } = {}) {
  const waiting = [...parts]
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = waiting.shift()
      if (next !== undefined) controller.enqueue(next)
      else if (of.fault !== undefined) controller.error(of.fault)
      else controller.close()
    },
    cancel: () => of.onCancel?.(),
  })
}

async function all(body: ReadableStream<Uint8Array>): Promise<ServerEvent[]> {
  const events: ServerEvent[] = []
  for await (const event of readServerEvents(body)) events.push(event)
  return events
}

const text =
  ': a comment\n\nid: 1\nevent: ready\ndata: {"type":"ready"}\n\n' +
  'retry: 500\nid: 2\nevent:token\ndata:{"text":"Grüße 🎈"}\n\ndata: one\ndata: two\n\n'
const events: ServerEvent[] = [
  { id: '1', event: 'ready', data: '{"type":"ready"}' },
  { id: '2', event: 'token', data: '{"text":"Grüße 🎈"}' },
  { id: undefined, event: undefined, data: 'one\ntwo' },
]

it.each([
  ['LF', text],
  ['CRLF', text.replaceAll('\n', '\r\n')],
  ['CR', `${text.replaceAll('\n', '\r')}:\r`],
])('reads lines that end with %s, however their bytes are cut', async (_, sent) => {
  const bytes = encoder.encode(sent)
  for (const size of [1, 2, 3, 7, 1000]) {
    const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (__, at) =>
      bytes.slice(at * size, (at + 1) * size),
    )
    expect(await all(bodyOf(parts)), `in parts of ${size}`).toEqual(events)
  }
})

it('an event without its last blank line never came', async () => {
  expect(await all(bodyOf([encoder.encode('data: whole\n\ndata: half')]))).toMatchObject([{ data: 'whole' }])
})

it('a body that breaks off is an error, after what had come', async () => {
  const seen: string[] = []
  const read = async () => {
    const body = bodyOf([encoder.encode('data: one\n\n')], { fault: new Error('cut') })
    for await (const { data } of readServerEvents(body)) seen.push(data)
  }
  await expect(read()).rejects.toThrow('cut')
  expect(seen).toEqual(['one'])
})

it('whoever stops reading lets go of the body', async () => {
  let isCancelled = false
  const body = bodyOf([encoder.encode('data: one\n\ndata: two\n\n'), encoder.encode('data: three\n\n')], {
    onCancel: () => {
      isCancelled = true
    },
  })
  for await (const { data } of readServerEvents(body)) if (data === 'one') break
  expect(isCancelled).toBe(true)
})
