import { setTimeout as sleep } from 'node:timers/promises'
import { checkPieces } from '@fairlead/testing/model/check-pieces'
import { nowMs } from '@fairlead/testing/model/now-ms'
import { askModel } from '../ask-model.ts'
import { median, percentile } from '../percentile.ts'
import { type Engine, modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const STREAMS = 200
const PER_SECOND = 20
const SECONDS = 60
/** Thirteen a second: what many that begin together cost is for `all-at-once` to show. */
const SPREAD_MS = 15_000
/** After the last of them has begun, and until the first of them ends: this long all of them run. */
const SETTLED_MS = SPREAD_MS + 2000
const ALL_RUN_MS = SECONDS * 1000
const PIECES = SECONDS * PER_SECOND
/** Every so many-th reader pauses. */
const PAUSING = 20
const PAUSE_MS = 30_000

/** 200 streams for a minute: what arrives, how late each piece is, and what a newcomer waits for meanwhile. */
export const oneMinute: Bench = async (servers, report) => {
  const modelUrl = await servers.modelUrl()
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const before = await engine.cpuMs()
      const ways = { allRun: [] as number[], ever: [] as number[] }
      const running = Promise.all(Array.from({ length: STREAMS }, (_, number) => followOne(engine, number, ways)))
      const { own, whole } = await newcomers(engine, modelUrl)
      const faults = (await running).reduce((sum, count) => sum + count, 0)
      const cpu = (await engine.cpuMs()) - before
      const added = whole.map((ms) => ms - median(own))
      const of = `${STREAMS} streams of ${PER_SECOND}/s, ${mode}`
      report({
        name: `${of}: first token beside them, added, p50`,
        value: median(added),
        unit: 'ms',
        bar: { atMost: 20 },
      })
      const p99 = percentile(added, 99)
      report({ name: `${of}: first token beside them, added, p99`, value: p99, unit: 'ms', bar: { atMost: 100 } })
      report({ name: `${of}: first token of the model itself, p50`, value: median(own), unit: 'ms' })
      const way = `${of}: a piece's way from model to client`
      report({ name: `${way}, p50`, value: median(ways.allRun), unit: 'ms' })
      report({ name: `${way}, p99`, value: percentile(ways.allRun, 99), unit: 'ms', bar: { atMost: 40 } })
      report({ name: `${way}, while they begin and end as well, p99`, value: percentile(ways.ever, 99), unit: 'ms' })
      report({ name: `${of}: pieces lost, doubled, out of order`, value: faults, unit: '', bar: { atMost: 0 } })
      report({ name: `${of}: share of one core`, value: (cpu / (SECONDS * 1000)) * 100, unit: '%' })
    } finally {
      await engine.stop()
    }
  }
}

/** One stream of the minute; resolves to the number of pieces that are not where they belong. */
async function followOne(engine: Engine, number: number, ways: { allRun: number[]; ever: number[] }): Promise<number> {
  const begun = nowMs()
  // Begun at even distances, their pieces would come in step: the distance is half of what lies between two pieces.
  await sleep(Math.random() * SPREAD_MS)
  const isPausing = number % PAUSING === 0
  const check = checkPieces(PIECES)
  await engine.send([{ text: { pieces: PIECES, stamped: true }, pace: { piecesPerSecond: PER_SECOND } }], {
    onPiece: (text, at) => {
      for (const sentAt of check.take(text)) {
        if (isPausing) continue
        ways.ever.push(at - sentAt)
        if (sentAt >= begun + SETTLED_MS && sentAt < begun + ALL_RUN_MS) ways.allRun.push(at - sentAt)
      }
    },
    pause: isPausing ? { afterPieces: 10, ms: PAUSE_MS } : undefined,
  })
  return check.faults()
}

async function newcomers(engine: Engine, modelUrl: string): Promise<{ own: number[]; whole: number[] }> {
  const own: number[] = []
  const whole: number[] = []
  await sleep(SETTLED_MS)
  const until = performance.now() + ALL_RUN_MS - SETTLED_MS - 6000
  while (performance.now() < until) {
    own.push(await askModel(modelUrl))
    await sleep(Math.random() * 100)
    const sent = await engine.send([{ text: { pieces: 5 } }])
    whole.push(sent.firstPieceAt - sent.sentAt)
    await sleep(Math.random() * 100)
  }
  return { own, whole }
}
