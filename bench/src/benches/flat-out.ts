import { median } from '../percentile.ts'
import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 5
const STREAMS = 4
const PIECES = 20_000
const bars = { embedded: 40_000, servers: 15_000 }

/** Pieces that one second of the engine's CPU carries, when the model and the reader are as fast as they can be. */
export const flatOut: Bench = async (servers, tell) => {
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const reply = { text: { pieces: PIECES } }
      await engine.ask([reply])
      const rates: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const before = await engine.cpuMs()
        await Promise.all(Array.from({ length: STREAMS }, () => engine.ask([reply])))
        rates.push((STREAMS * PIECES * 1000) / ((await engine.cpuMs()) - before))
      }
      const bar = { atLeast: bars[mode] }
      tell({ name: `flat out, ${mode}: pieces per CPU second`, value: median(rates), unit: 'pieces/s', bar })
    } finally {
      await engine.stop()
    }
  }
}
