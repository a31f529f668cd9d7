import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const READERS = 3
const PIECES = 60_000

/** Readers that stop for 30 s while the model goes on flat out: far more than sockets hold waits for them. */
export const pausedReader: Bench = async (servers, report) => {
  const whole = Array.from({ length: PIECES }, (_, number) => `w${number} `).join('')
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const sent = await Promise.all(
        Array.from({ length: READERS }, () =>
          engine.send([{ text: { pieces: PIECES } }], { pause: { afterPieces: 100, ms: 30_000 } }),
        ),
      )
      const wrong = sent.filter(({ text }) => text !== whole).length
      const name = `readers that pause 30 s, ${mode}: streams that are not whole`
      report({ name, value: wrong, unit: `of ${READERS}`, bar: { atMost: 0 } })
    } finally {
      await engine.stop()
    }
  }
}
