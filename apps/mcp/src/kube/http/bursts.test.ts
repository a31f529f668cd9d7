import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { burstNamedIn, type CutPieces, forEachBurst, startBurstServer } from '@fairlead/testing/model/burst-server'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { textOf } from './text-answer.ts'
import { readWatch } from './watch.ts'

const eventOf = (number: number) =>
  `${JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', metadata: { name: `pod-${number}` } } })}\n`

/** An API server of plain sockets, asked once for each burst. */
async function ask(read: (origin: string, path: string, agent: Agent, burst: CutPieces) => Promise<void>) {
  const server = await startBurstServer(({ line }) => ({
    type: 'application/json',
    ...burstNamedIn(line, /\/(\d+)-(\d+)/, eventOf),
  }))
  const agent = new Agent()
  await forEachBurst(eventOf, (burst) => read(server.url, `/${burst.pieces.length}-${burst.cutAt}`, agent, burst))
  await agent.destroy()
  await server.close()
}

test('a watch may come in bursts, cut anywhere', { timeout: 60_000 }, () =>
  ask(async (origin, path, dispatcher, { pieces }) => {
    const { signal } = new AbortController()
    const { body } = await request(origin + path, { dispatcher, signal })
    const names: (string | undefined)[] = []
    for await (const event of readWatch(body, { cluster: { server: origin }, signal })) {
      names.push(event.type === 'ERROR' ? event.type : event.object.metadata.name)
      // A reader that takes its time: what has come meanwhile is read later.
      if (names.length % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(names).toEqual(pieces.map((_, number) => `pod-${number}`))
  }),
)

test('a watch whose line has no end is given up', { timeout: 60_000 }, async () => {
  const server = createServer((_, response) => {
    const send = () => {
      while (!response.destroyed && response.write('x'.repeat(1024 * 1024)));
    }
    response.on('drain', send)
    send()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const agent = new Agent()
  const { body } = await request(origin, { dispatcher: agent })
  const events = readWatch(body, { cluster: { server: origin }, signal: new AbortController().signal })
  await expect(events.next()).rejects.toThrow(`the API server at ${origin} has more than 64 MiB to answer`)
  await agent.destroy()
  await once(server.close(), 'close')
})

test('a whole answer may come in bursts, cut anywhere', { timeout: 60_000 }, () =>
  ask(async (origin, path, agent, { pieces }) => {
    const { body } = await agent.request({ origin, path, method: 'GET' })
    expect(await textOf(body)).toBe(pieces.join(''))
  }),
)
