import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { connectEngine, EngineFault } from './call-engine.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function engineBehind(server: ReturnType<typeof createTcpServer>) {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const engine = connectEngine(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`)
  closing.push(engine.close, () => server.close())
  return engine
}
const get = { method: 'GET', path: '/x', headers: {} }

test('a head that does not come in time is a time-out', async () => {
  const engine = await engineBehind(createServer(() => {}))
  await expect(engine.call({ ...get, limitMs: 50 })).rejects.toMatchObject({ kind: 'timeout' })
})

test('a body may take longer than its head, but not where it is wanted whole', async () => {
  const server = createServer((_, response) => {
    response.write('{')
    setTimeout(() => response.end('}'), 300)
  })
  const engine = await engineBehind(server)
  const { body } = await engine.call({ ...get, limitMs: 100 })
  expect(await body.text()).toBe('{}')
  await expect(engine.ask({ ...get, limitMs: 100 })).rejects.toMatchObject({ kind: 'timeout' })
})

test('what is no HTTP, and nothing at all, is unreachable', async () => {
  const engine = await engineBehind(createTcpServer((socket) => socket.end('hello\r\n')))
  await expect(engine.call(get)).rejects.toMatchObject({ kind: 'unreachable' })
  const nobody = connectEngine('http://127.0.0.1:1/api/v1')
  closing.push(nobody.close)
  await expect(nobody.call(get)).rejects.toBeInstanceOf(EngineFault)
})

test('who leaves gets their own reason back', async () => {
  const engine = await engineBehind(createServer(() => {}))
  await expect(engine.call({ ...get, signal: AbortSignal.abort('client-gone') })).rejects.toBe('client-gone')
})
