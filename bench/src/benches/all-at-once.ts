import { median } from '../percentile.ts'
import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const STREAMS = 200
const PER_SECOND = 50
const PIECES = 500
/** The first burst opens two hundred connections to the model, the later ones find them open. */
const ROUNDS = 3
/** Embedded one database without a second connection takes all of them one after the other. */
const firstTokenBars = { embedded: 1200, servers: 750 }

/** 200 streams of 50 pieces a second, all started at the same time: their first tokens, and the time until the last one has ended. */
export const allAtOnce: Bench = async (servers, report) => {
  const ownMs = ((PIECES - 1) / PER_SECOND) * 1000
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const reply = { text: { pieces: PIECES }, pace: { piecesPerSecond: PER_SECOND } }
      const times: number[] = []
      const firstMs: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const sent = await Promise.all(Array.from({ length: STREAMS }, () => engine.send([reply])))
        const endedAt = Math.max(...sent.map((each) => each.endedAt))
        const sentAt = Math.min(...sent.map((each) => each.sentAt))
        times.push((endedAt - sentAt) / ownMs)
        firstMs.push(...sent.map((each) => each.firstPieceAt - each.sentAt))
      }
      const of = `${STREAMS} streams of ${PER_SECOND}/s at once, ${mode}`
      report({
        name: `${of}: time of the model's own, median of ${ROUNDS}`,
        value: median(times),
        unit: 'times',
        bar: { atMost: 1.25 },
      })
      const bar = { atMost: firstTokenBars[mode] }
      report({ name: `${of}: first token, p50`, value: median(firstMs), unit: 'ms', bar })
      report({ name: `${of}: the first of them`, value: times[0] ?? Number.NaN, unit: 'times' })
    } finally {
      await engine.stop()
    }
  }
}
