import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { ApiError } from './api-error.ts'
import { createApi } from './create-api.ts'

type Seen = { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }

let base: string
let seen: Seen[]
let answer: (response: ServerResponse) => void
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  seen.push({ method: request.method, url: request.url, headers: request.headers, body })
  answer(response)
})
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`
})
beforeEach(() => {
  seen = []
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('fills the path, leaves out what is not given, and asks for the headers each time', async () => {
  let token = 0
  const api = createApi({ base, headers: () => ({ authorization: `Bearer ${++token}` }) })
  answer = json(200, { status: 'success' })
  const before = 'a b+c'
  await api.call('GET /conversations/:id', { params: { id: 'x/y' }, query: { limit: 50, before } })
  await api.call('GET /conversations', { query: { limit: undefined } })
  await api.call('POST /agent/stop', { body: { conversation_id: 'C', run_id: 'R' } })
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /api/v1/conversations/x%2Fy?limit=50&before=a+b%2Bc',
    'GET /api/v1/conversations',
    'POST /api/v1/agent/stop',
  ])
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2', 'Bearer 3'])
  expect(seen[2]).toMatchObject({
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: '{"conversation_id":"C","run_id":"R"}',
  })
  expect(seen[0]?.headers['content-type']).toBeUndefined()
})

it('refuses in one way: a status, an error told with 200, no answer at all', async () => {
  const api = createApi({ base })
  answer = json(409, { detail: 'A run is already in progress', run_id: 'R' }, { 'x-request-id': 'Q' })
  const refused = await api.stream('POST /agent/chat', { body: { messages: [] } }).catch((error: ApiError) => error)
  expect(refused).toMatchObject({ status: 409, body: { run_id: 'R' }, requestId: 'Q' })
  answer = json(200, { status: 'error', error_message: 'It failed.' })
  await expect(api.call('GET /auth/me')).rejects.toMatchObject({ status: 200, message: 'It failed.' })
  answer = (response) => void response.destroy()
  await expect(api.call('GET /auth/me')).rejects.toMatchObject({
    name: 'ApiError',
    status: 0,
    cause: expect.any(TypeError),
  })
})

it('a call that the caller ends is no failure of the engine', async () => {
  const api = createApi({ base })
  const abort = new AbortController()
  answer = () => abort.abort()
  await expect(api.call('GET /auth/me', { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' })
})

it('opens a stream, sends where it goes on, and lets go of it', async () => {
  const api = createApi({ base })
  const closed = Promise.withResolvers<void>()
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 8\nevent: token\ndata: {}\n\n')
    response.on('close', () => closed.resolve())
  }
  const abort = new AbortController()
  const events = await api.stream('GET /agent/runs/:run_id/events', {
    params: { run_id: 'R' },
    headers: { 'last-event-id': '7' },
    signal: abort.signal,
  })
  expect(await events.next()).toMatchObject({ value: { id: '8', event: 'token' } })
  expect(seen[0]?.headers).toMatchObject({
    accept: 'text/event-stream',
    'cache-control': 'no-cache',
    'last-event-id': '7',
  })
  abort.abort()
  await closed.promise
})

it('ends a stream at once that was answered with nothing', async () => {
  answer = (response) => void response.writeHead(204).end()
  const events = await createApi({ base }).stream('GET /events')
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

it('opens a stream that needs nothing but its name', async () => {
  answer = (response) => void response.writeHead(200).end('data: one\n\n')
  const events = await createApi({ base }).stream('GET /events')
  expect(await events.next()).toMatchObject({ value: { data: 'one' } })
  expect(await events.next()).toMatchObject({ done: true })
})

it('goes through the fetch that it is given', async () => {
  const given = vi.fn<typeof fetch>(async () => Response.json({ status: 'success' }))
  await createApi({ base, fetch: given }).call('GET /auth/me')
  expect(given).toHaveBeenCalledOnce()
  expect(seen).toEqual([])
})

it('an answer without a body is undefined; a download is left as it is', async () => {
  const api = createApi({ base })
  answer = (response) => void response.writeHead(204).end()
  expect(await api.call('POST /auth/jwt/logout')).toBeUndefined()
  answer = (response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end('the whole of it')
  const whole = await api.open('GET /conversations/:id/blobs/:sha256', { params: { id: 'C', sha256: 'a'.repeat(64) } })
  expect(await whole.text()).toBe('the whole of it')
  expect(seen[1]).toMatchObject({
    url: `/api/v1/conversations/C/blobs/${'a'.repeat(64)}`,
    headers: { accept: '*/*' },
  })
})
