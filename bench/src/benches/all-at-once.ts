import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const STREAMS = 200
const PER_SECOND = 50
const PIECES = 500

/** 200 streams of 50 pieces a second, all started at the same moment: until the last one has ended. */
export const allAtOnce: Bench = async (servers, tell) => {
  const ownMs = ((PIECES - 1) / PER_SECOND) * 1000
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const reply = { text: { pieces: PIECES }, pace: { piecesPerSecond: PER_SECOND } }
      const asked = await Promise.all(Array.from({ length: STREAMS }, () => engine.ask([reply])))
      const endedAt = Math.max(...asked.map((each) => each.endedAt))
      const sentAt = Math.min(...asked.map((each) => each.sentAt))
      const name = `${STREAMS} streams of ${PER_SECOND}/s at once, ${mode}: time of the model's own`
      tell({ name, value: (endedAt - sentAt) / ownMs, unit: 'times', bar: { atMost: 1.25 } })
    } finally {
      await engine.stop()
    }
  }
}
