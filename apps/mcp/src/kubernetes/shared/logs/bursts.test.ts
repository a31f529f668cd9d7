import { burstNamedIn, forEachBurst, startBurstServer } from '@fairlead/testing/model/burst-server'
import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { maskedLines } from './masked-lines.ts'

const lineOf = (number: number) => `line ${number}: a word, and another one\n`

test('a log that is followed may come in bursts, cut anywhere', { timeout: 60_000 }, async () => {
  const server = await startBurstServer(({ line }) => ({
    type: 'text/plain',
    ...burstNamedIn(line, /\/(\d+)-(\d+)/, lineOf),
  }))
  const dispatcher = new Agent()
  await forEachBurst(lineOf, async ({ pieces, cutAt }) => {
    const { body } = await request(`${server.url}/${pieces.length}-${cutAt}`, { dispatcher })
    const lines: string[] = []
    for await (const line of maskedLines(body, { isCut: () => false })) lines.push(`${line}\n`)
    expect(lines).toEqual(pieces)
  })
  await dispatcher.destroy()
  await server.close()
})
