import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const STREAMS = 2000
/**
 * Memory is measured from here on. The first streams also bring what all of them share: pages of the database's cache,
 * and the part of the heap for young objects.
 */
const FIRST_STREAMS = 500
const ARRIVING_TOGETHER = 50

/** What one engine's memory grows by for each further stream that is open, its model call under way. */
export const openStreams: Bench = async (servers, report) => {
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    const left = new AbortController()
    const streams: Promise<unknown>[] = []
    try {
      // The first piece comes, so no stream waits for another's model call; the second one never does.
      const reply = { text: { pieces: 2 }, pace: { piecesPerSecond: 0.001 } }
      let before = 0
      for (let opened = 0; opened < STREAMS; opened += ARRIVING_TOGETHER) {
        if (opened === FIRST_STREAMS) before = await engine.residentBytes()
        await Promise.all(
          Array.from({ length: ARRIVING_TOGETHER }, () => {
            const speaks = Promise.withResolvers<void>()
            const sent = engine.send([reply], { onPiece: () => speaks.resolve(), signal: left.signal })
            streams.push(sent.catch(speaks.reject))
            return speaks.promise
          }),
        )
      }
      const kib = ((await engine.residentBytes()) - before) / (STREAMS - FIRST_STREAMS) / 1024
      report({
        name: `${STREAMS} open streams, ${mode}: memory of each`,
        value: kib,
        unit: 'KiB',
        bar: { atMost: 200 },
      })
    } finally {
      left.abort()
      await Promise.allSettled(streams)
      await engine.stop()
    }
  }
}
