import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { writeLine } from './write-line.ts'

const line = `${'x'.repeat(1024 * 1024 - 1)}\n`

/** Sends lines to a client, as fast as it reads, if it does; resolves to how many were made until the stream was cut. */
async function linesSent(count: number, { isRead }: { isRead: boolean }): Promise<number> {
  const { promise: response, resolve } = Promise.withResolvers<ServerResponse>()
  const server = createServer((_, answer) => resolve(answer))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const asking = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  asking.on('error', () => {}) // it is cut off
  asking.on('response', (answer) => {
    answer.on('error', () => {})
    if (isRead) answer.resume()
  })
  const answer = await response
  let made = 0
  for (; made < count && !answer.destroyed; made++) {
    writeLine(answer, line)
    do await sleep(1)
    while (isRead && answer.writableLength > 0)
  }
  writeLine(answer, line)
  asking.destroy()
  await once(server.close(), 'close')
  return made
}

test('a client that reads gets every line', async () => {
  expect(await linesSent(100, { isRead: true })).toBe(100)
})

test('a client that does not read is cut off before much waits for it', async () => {
  expect(await linesSent(100, { isRead: false })).toBeLessThan(50)
})
