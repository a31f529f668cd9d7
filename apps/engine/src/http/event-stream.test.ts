import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test, vi } from 'vitest'
import { type EventStream, openEventStreams } from './event-stream.ts'

let app: FastifyInstance
afterEach(() => app.close())

async function serve(batches: EventStream['batches'], options: { heartbeatMs?: number } = {}) {
  app = Fastify()
  const streams = openEventStreams(app, options)
  app.get('/', (_request, reply) => streams.answer(reply, { batches }))
  return app.listen({ port: 0, host: '127.0.0.1' })
}

const aborted = (signal: AbortSignal) => (signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => {}))

test('frames leave byte for byte, under the headers of an event stream', async () => {
  const url = await serve(async function* () {
    yield [{ id: 1, type: 'ready', data: '{"type":"ready"}' }]
    yield [
      { id: 2, type: 'token', data: '{"text":"ü\\n"}' },
      { type: 'error', data: '{"type":"error"}' },
    ]
  })
  const answer = await fetch(url)
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  })
  expect(await answer.text()).toBe(
    'id: 1\nevent: ready\ndata: {"type":"ready"}\n\nid: 2\nevent: token\ndata: {"text":"ü\\n"}\n\n' +
      'event: error\ndata: {"type":"error"}\n\n',
  )
})

test('the headers do not wait for the first event, and silence is broken by heartbeats without an id', async () => {
  const url = await serve(
    async function* (signal) {
      await aborted(signal)
      yield [{ id: 1, type: 'ready', data: 'too late to be sent' }]
    },
    { heartbeatMs: 30 },
  )
  const answer = await fetch(url)
  const reader = answer.body?.getReader()
  const text = new TextDecoder().decode((await reader?.read())?.value)
  expect(text).toMatch(/^event: heartbeat\ndata: \{"type":"heartbeat","timestamp":\d+\}\n\n$/)
  await reader?.cancel()
})

test('a client that goes away aborts the source, which may clean up', async () => {
  let hasCleanedUp = false
  const url = await serve(async function* (signal) {
    try {
      yield [{ id: 1, type: 'ready', data: '{}' }]
      await aborted(signal)
    } finally {
      hasCleanedUp = true
    }
  })
  const leaving = new AbortController()
  const answer = await fetch(url, { signal: leaving.signal })
  await answer.body?.getReader().read()
  leaving.abort()
  await expect.poll(() => hasCleanedUp).toBe(true)
})

test('a client that has gone before its stream begins leaves nothing behind', async () => {
  const begun = Promise.withResolvers<void>()
  const [isSourceOver, forget] = [vi.fn(), vi.fn()]
  app = Fastify()
  const streams = openEventStreams(app)
  app.get('/', async (_request, reply) => {
    begun.resolve()
    await once(reply.raw, 'close')
    const batches: EventStream['batches'] = async function* (signal) {
      await aborted(signal)
      isSourceOver()
      yield []
    }
    return streams.answer(reply, { batches }, () => forget)
  })
  const asking = request(await app.listen({ port: 0, host: '127.0.0.1' })).end()
  asking.on('error', () => {})
  await begun.promise
  asking.destroy()
  await expect.poll(() => [forget, isSourceOver].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
})

/** A client that takes all it can get, and prints how many bytes that were. */
const readFor2s = `
  let bytes = 0
  require('node:http').get(process.argv[1], (answer) => answer.on('data', (chunk) => { bytes += chunk.length }))
  setTimeout(() => { console.log(bytes); process.exit() }, 2000)`

test('a source that always has more, and a client that takes it all, leave others their turn', async () => {
  const url = await serve(async function* (signal) {
    for (let id = 1; !signal.aborted; id++) yield [{ id, type: 'token', data: '{"text":"w"}' }]
  })
  // A process of its own: one that shared this event loop would read only while the server does not write.
  const client = spawn(process.execPath, ['-e', readFor2s, url])
  const bytesRead = text(client.stdout)
  let isOver = false
  client.once('exit', () => {
    isOver = true
  })
  let others = 0
  for (; !isOver; others++) {
    const other = await fetch(`${url}/other`, { signal: AbortSignal.timeout(1000) })
    expect(other.status).toBe(404)
    await other.text()
  }
  expect(others).toBeGreaterThan(5)
  expect(Number(await bytesRead)).toBeGreaterThan(1_000_000)
})

test('the source is not asked for more than a slow client takes, and the client loses nothing', async () => {
  let made = 0
  const total = 2000
  const url = await serve(async function* () {
    while (made < total) yield [{ id: ++made, type: 'token', data: JSON.stringify({ text: 'x'.repeat(10_000) }) }]
  })
  const asking = request(url).end()
  const [answer] = await once(asking, 'response')
  await sleep(300)
  expect(made).toBeLessThan(total)
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(
    Array.from({ length: total }, (_, index) => index + 1),
  )
})

test('a closing server ends its open streams in good order', async () => {
  const url = await serve(async function* (signal) {
    yield [{ id: 1, type: 'ready', data: '{}' }]
    await aborted(signal)
  })
  const answer = await fetch(url)
  const body = answer.text()
  await sleep(20)
  await app.close()
  expect(await body).toBe('id: 1\nevent: ready\ndata: {}\n\n')
})

test('a closing server cuts off a client that reads nothing', async () => {
  const url = await serve(async function* (signal) {
    while (!signal.aborted) yield [{ id: 1, type: 'token', data: 'x'.repeat(100_000) }]
  })
  const asking = request(url).end()
  asking.on('error', () => {})
  await once(asking, 'response')
  await sleep(100)
  const started = performance.now()
  await app.close()
  expect(performance.now() - started).toBeLessThan(3000)
  asking.destroy()
})

test('a source that fails in the middle cuts the answer, so that the client attaches again', async () => {
  const url = await serve(async function* () {
    yield [{ id: 1, type: 'ready', data: '{}' }]
    await sleep(20)
    throw new Error('source failed')
  })
  const answer = await fetch(url)
  await expect(answer.text()).rejects.toThrow()
})
