import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { expect, test } from 'vitest'
import { TooLong, textOf } from './text-answer.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const agent = new Agent()
  const options = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    path: '/',
    method: 'GET',
  } as const
  return {
    ask: async (signal?: AbortSignal) => {
      const { statusCode, headers, body } = await agent.request({ ...options, signal })
      return { statusCode, headers, body: await textOf(body) }
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

test('an answer comes whole, a character torn between two pieces too', async () => {
  const bytes = Buffer.from('{"name":"ü"}')
  await using server = await serve((_, response) => {
    response.writeHead(404, { warning: '299 - "old"' }).write(bytes.subarray(0, 10))
    setTimeout(() => response.end(bytes.subarray(10)), 20)
  })
  expect(await server.ask()).toMatchObject({
    statusCode: 404,
    headers: { warning: '299 - "old"' },
    body: '{"name":"ü"}',
  })
})

test('an answer that never stops is not held', async () => {
  const mebibyte = Buffer.alloc(1024 * 1024, 'x')
  const gone = Promise.withResolvers<void>()
  await using server = await serve((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(mebibyte));
    }
    response.on('drain', more).on('close', gone.resolve)
    more()
  })
  await expect(server.ask()).rejects.toThrow(TooLong)
  await gone.promise
})

test('an answer that breaks off is a fault', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy())
  })
  await expect(server.ask()).rejects.toThrow()
})

test('the signal ends it before its answer, in the midst of it, and before it began', async () => {
  const gone: Promise<unknown>[] = []
  await using server = await serve((request, response) => {
    gone.push(once(response, 'close'))
    if (gone.length === 2) response.write('half')
    else request.resume()
  })
  for (const begun of [1, 2]) {
    const aborting = new AbortController()
    const answer = server.ask(aborting.signal)
    await expect.poll(() => gone.length).toBe(begun)
    aborting.abort('gone')
    await expect(answer).rejects.toBe('gone')
    await gone[begun - 1]
  }
  await expect(server.ask(AbortSignal.abort('gone'))).rejects.toBe('gone')
  expect(gone.length).toBe(2)
})
