import { burstNamedIn, forEachBurst, startBurstServer } from '@fairlead/testing/model/burst-server'
import { expect, test } from 'vitest'
import { httpFetch } from './http-fetch.ts'

const eventOf = (number: number) => `id: ${number}\nevent: token\ndata: {"text":"w${number} "}\n\n`

test('a stream of events may come in bursts, cut anywhere', { timeout: 60_000 }, async () => {
  const server = await startBurstServer(({ line }) => ({
    type: 'text/event-stream',
    ...burstNamedIn(line, /\/(\d+)-(\d+)/, eventOf),
  }))
  await forEachBurst(eventOf, async ({ pieces, cutAt }) => {
    const response = await httpFetch(`${server.url}/${pieces.length}-${cutAt}`)
    expect(await response.text()).toBe(pieces.join(''))
  })
  await server.close()
})
