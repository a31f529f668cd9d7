import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const STREAMS = 2000
const ARRIVING_TOGETHER = 50

/** What one engine's memory grows by for each stream that is open, its model call under way. */
export const openStreams: Bench = async (servers, tell) => {
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    const left = new AbortController()
    const streams: Promise<unknown>[] = []
    try {
      const before = await engine.residentBytes()
      // The first piece comes, so no stream waits for another's model call; the second one never does.
      const reply = { text: { pieces: 2 }, pace: { piecesPerSecond: 0.001 } }
      for (let opened = 0; opened < STREAMS; opened += ARRIVING_TOGETHER) {
        await Promise.all(
          Array.from({ length: ARRIVING_TOGETHER }, () => {
            const speaks = Promise.withResolvers<void>()
            const asked = engine.ask([reply], { onPiece: () => speaks.resolve(), signal: left.signal })
            streams.push(asked.catch(speaks.reject))
            return speaks.promise
          }),
        )
      }
      const kib = ((await engine.residentBytes()) - before) / STREAMS / 1024
      tell({ name: `${STREAMS} open streams, ${mode}: memory of each`, value: kib, unit: 'KiB', bar: { atMost: 100 } })
    } finally {
      left.abort()
      await Promise.allSettled(streams)
      await engine.stop()
    }
  }
}
