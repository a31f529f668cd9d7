import { checkPieces } from '@fairlead/testing/model/check-pieces'
import { askModel } from '../ask-model.ts'
import { median, percentile } from '../percentile.ts'
import { type Engine, modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 300
/** As a stream of the minute of 200, and half as long. */
const PACED = { pieces: 600, perSecond: 20 }

/** What the engine adds before the first token of a new conversation, one stream after another, and between tokens. */
export const firstToken: Bench = async (servers, report) => {
  const modelUrl = await servers.modelUrl()
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const own: number[] = []
      const whole: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        own.push(await askModel(modelUrl))
        const sent = await engine.send([{ text: { pieces: 5 } }])
        whole.push(sent.firstPieceAt - sent.sentAt)
      }
      const modelMs = median(own)
      const added = whole.map((ms) => ms - modelMs)
      const name = `first token, one after another, ${mode}`
      report({ name: `${name}: added, p50`, value: percentile(added, 50), unit: 'ms', bar: { atMost: 12 } })
      report({ name: `${name}: added, p99`, value: percentile(added, 99), unit: 'ms', bar: { atMost: 40 } })
      report({ name: `${name}: the model's own, p50`, value: modelMs, unit: 'ms' })
      const ways = await waysOfOne(engine)
      const way = `one stream of ${PACED.perSecond}/s, ${mode}: a piece's way from model to client`
      report({ name: `${way}, p50`, value: median(ways), unit: 'ms' })
      report({ name: `${way}, p99`, value: percentile(ways, 99), unit: 'ms' })
    } finally {
      await engine.stop()
    }
  }
}

/** How long each piece of one stream is on its way, nothing beside it. */
async function waysOfOne(engine: Engine): Promise<number[]> {
  const check = checkPieces(PACED.pieces)
  const ways: number[] = []
  const text = { pieces: PACED.pieces, stamped: true }
  await engine.send([{ text, pace: { piecesPerSecond: PACED.perSecond } }], {
    onPiece: (piece, at) => ways.push(...check.take(piece).map((sentAt) => at - sentAt)),
  })
  if (check.faults() > 0) throw new Error(`${check.faults()} pieces are not where they belong`)
  return ways
}
