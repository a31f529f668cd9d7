import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sharedApiServer } from '../shared/shared-servers.ts'
import type { ApiServer } from './api-server.ts'
import { type ApiServerProxy, startApiServerProxy, startFaultProxy } from './fault-proxy.ts'
import { kubeRequest } from './kube-request.ts'

let server: ApiServer
let proxy: ApiServerProxy
let name: string
beforeAll(async () => {
  server = await sharedApiServer()
  proxy = await startApiServerProxy(server)
})
afterAll(() => proxy?.close())
beforeEach(() => {
  name = `proxy-${randomBytes(4).toString('hex')}`
  proxy.interfere(() => ({ do: 'pass' }))
})

const through = (method: string, path: string, body?: unknown) =>
  kubeRequest(proxy.url, {
    method,
    path,
    body,
    ca: readFileSync(server.caFile, 'utf8'),
    credentials: { token: server.token },
  })
const make = () => through('POST', '/api/v1/namespaces', { metadata: { name } })
const exists = async () => (await server.request('GET', `/api/v1/namespaces/${name}`)).status === 200

test('what passes reaches the server and is seen on the way', async () => {
  expect((await make()).status).toBe(201)
  expect(await exists()).toBe(true)
  expect(proxy.requests.at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/namespaces' })
  expect(JSON.parse(proxy.requests.at(-1)?.body ?? '')).toEqual({ metadata: { name } })
  expect(JSON.parse(await readFile(proxy.kubeconfig, 'utf8')).clusters[0].cluster.server).toBe(proxy.url)
})

test('a held request has not happened until it is let go', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  proxy.interfere(() => {
    arrived.resolve()
    return { do: 'hold', until: promise }
  })
  const answer = make()
  await arrived.promise
  expect(await exists()).toBe(false)
  resolve()
  expect((await answer).status).toBe(201)
})

test('a cut request never happens', async () => {
  proxy.interfere(() => ({ do: 'cut' }))
  await expect(make()).rejects.toThrow()
  expect(await exists()).toBe(false)
})

test('a lost answer has happened', async () => {
  proxy.interfere(() => ({ do: 'lose-answer' }))
  await expect(make()).rejects.toThrow()
  expect(await exists()).toBe(true)
})

test('a held answer has happened before it comes', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.interfere(() => ({ do: 'hold-answer', until: promise }))
  const answer = make()
  await expect.poll(exists).toBe(true)
  resolve()
  expect((await answer).status).toBe(201)
})

test('an answer of the proxy stands for the server', async () => {
  const conflict = { kind: 'Status', status: 'Failure', reason: 'Conflict', code: 409 }
  proxy.interfere(({ method }) => (method === 'POST' ? { do: 'answer', status: 409, body: conflict } : { do: 'pass' }))
  expect(await make()).toEqual({ status: 409, body: conflict })
  expect((await through('GET', '/version')).status).toBe(200)
})

test('an answer is split where the test wants, or broken off', async () => {
  const body = 'x'.repeat(50)
  const target = createServer((_, response) => response.end(body))
  await once(target.listen(0, '127.0.0.1'), 'listening')
  const plain = await startFaultProxy({ url: `http://127.0.0.1:${(target.address() as AddressInfo).port}` })
  let isWhole = true
  plain.interfere(() => ({
    do: 'reshape',
    async *through(answer) {
      for await (const bytes of answer) {
        for (const byte of bytes) yield Uint8Array.of(byte)
        if (!isWhole) throw new Error('broken off')
      }
    },
  }))
  expect(await (await fetch(plain.url)).text()).toBe(body)
  isWhole = false
  await expect(fetch(plain.url).then((answer) => answer.text())).rejects.toThrow()
  await expect.poll(() => plain.requests.every(({ over }) => over.aborted)).toBe(true)
  await plain.close()
  target.close()
})
