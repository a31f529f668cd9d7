import { expect, test } from 'vitest'
import { httpFetch } from './http-fetch.ts'
import { sendJson, testServer } from './test-server.fixture.ts'

test('sends nothing by which a server would take it for a browser', async () => {
  await using server = await testServer((_, response) => sendJson(response, 200, { ok: true }))
  const response = await httpFetch(`${server.url}/a`, {
    method: 'POST',
    body: 'x=é',
    headers: { accept: 'text/plain' },
  })
  expect(await response.json()).toEqual({ ok: true })
  const [request] = server.requests
  expect(request).toMatchObject({ method: 'POST', path: '/a', body: 'x=é' })
  expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual([
    'accept',
    'connection',
    'content-length',
    'host',
    'user-agent',
  ])
})

test('a redirect that repeats the request is followed once, on the same host alone', async () => {
  await using elsewhere = await testServer((_, response) => sendJson(response, 200, {}))
  await using server = await testServer(({ path }, response) => {
    if (path === '/away') response.writeHead(307, { location: `${elsewhere.url}/` }).end()
    else if (path.endsWith('/')) sendJson(response, 200, { path })
    else response.writeHead(307, { location: `${path}/` }).end()
  })
  const followed = await httpFetch(`${server.url}/conversations`, { method: 'POST', body: '{}' })
  expect(await followed.json()).toEqual({ path: '/conversations/' })
  expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{}'],
    ['POST', '{}'],
  ])
  const headers = { authorization: 'Bearer secret' }
  expect((await httpFetch(`${server.url}/away`, { method: 'POST', headers })).status).toBe(307)
  expect(elsewhere.requests).toEqual([])
})

test('an abort ends it, before the answer and within it', async () => {
  await using server = await testServer(({ path }, response) => {
    if (path === '/body') response.writeHead(200).write('first')
  })
  const before = AbortSignal.timeout(50)
  await expect(httpFetch(`${server.url}/nothing`, { signal: before })).rejects.toThrow()
  const controller = new AbortController()
  const response = await httpFetch(`${server.url}/body`, { signal: controller.signal })
  controller.abort()
  await expect(response.text()).rejects.toThrow()
})

test('an answer without a body has none', async () => {
  await using server = await testServer((_, response) => void response.writeHead(204).end())
  const response = await httpFetch(server.url)
  expect([response.status, response.body]).toEqual([204, null])
})
