import { checkPieces } from '@fairlead/testing/model/check-pieces'
import type { Reply } from '@fairlead/testing/model/model-script'
import { median } from '../percentile.ts'
import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 5
const STREAMS = 20
const PIECES = 2000
const bars = { embedded: 25_000, servers: 15_000 }

/**
 * Pieces that one second of the engine's CPU carries, when the model flushes every piece and sends as fast as it can, and
 * how many of them are lost.
 */
export const flatOut: Bench = async (servers, report) => {
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const reply: Reply = { text: { pieces: PIECES, stamped: true }, split: 'every-piece' }
      await engine.send([reply])
      const rates: number[] = []
      let faults = 0
      for (let round = 0; round < ROUNDS; round++) {
        const before = await engine.cpuMs()
        const checks = Array.from({ length: STREAMS }, () => checkPieces(PIECES))
        await Promise.all(checks.map(({ take }) => engine.send([reply], { onPiece: take })))
        rates.push((STREAMS * PIECES * 1000) / ((await engine.cpuMs()) - before))
        for (const check of checks) faults += check.faults()
      }
      const bar = { atLeast: bars[mode] }
      report({ name: `flat out, ${mode}: pieces per CPU second`, value: median(rates), unit: 'pieces/s', bar })
      const lost = `flat out, ${mode}: pieces lost, doubled, out of order`
      report({ name: lost, value: faults, unit: '', bar: { atMost: 0 } })
    } finally {
      await engine.stop()
    }
  }
}
