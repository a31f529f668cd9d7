import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { burstNamedIn, forEachBurst, startBurstServer } from '@fairlead/testing/model/burst-server'
import { expect, test } from 'vitest'
import { startLimitMs, startPageProcess } from './bff-process.fixture.ts'

const eventOf = (number: number) => `id: ${number}\nevent: token\ndata: {"text":"w${number} "}\n\n`

test('a stream of the engine may come in bursts, cut anywhere', { timeout: startLimitMs }, async () => {
  const engine = await startBurstServer(({ line }) => ({
    type: 'text/event-stream',
    ...burstNamedIn(line, /runs\/0{8}-(\d{4})-4000-8000-(\d{12})/, eventOf),
  }))
  const page = await startPageProcess({ API_URL: `${engine.url}/api/v1` })
  await forEachBurst(eventOf, async ({ pieces, cutAt }) => {
    const runId = `00000000-${String(pieces.length).padStart(4, '0')}-4000-8000-${String(cutAt).padStart(12, '0')}`
    const url = `${page.url}/api/v1/agent/runs/${runId}/events`
    // As a script asks: a browser would need a session.
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers: { authorization: 'Bearer none' } }, resolve).once('error', reject),
    )
    expect([answer.statusCode, await text(answer)]).toEqual([200, pieces.join('')])
  })
  await page.stop()
  await engine.close()
})
