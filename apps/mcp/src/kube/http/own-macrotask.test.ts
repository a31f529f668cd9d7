import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { ownMacrotask } from './own-macrotask.ts'

test('who waits for a turn gets one to itself, in order', async () => {
  let turn = 0
  let isOver = false
  const count = () => {
    turn += 1
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const turns = await Promise.all([1, 2, 3, 4].map(() => ownMacrotask().then(() => turn)))
  isOver = true
  expect(new Set(turns).size).toBe(4)
  expect(turns).toEqual(turns.toSorted((one, other) => one - other))
})

test('between two turns sockets are served', async () => {
  const happened: string[] = []
  await using server = createServer((socket) => {
    socket.on('data', () => happened.push('request'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  await once(client, 'connect')
  const work = async (name: string) => {
    await ownMacrotask()
    happened.push(name)
    const until = performance.now() + 20
    while (performance.now() < until);
  }
  const all = Promise.all(Array.from({ length: 10 }, (_, number) => work(`work ${number}`)))
  client.write('GET')
  await all
  client.destroy()
  expect(happened).toContain('request')
  expect(happened.at(-1)).toBe('work 9')
})
