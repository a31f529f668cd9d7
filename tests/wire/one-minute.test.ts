import { setTimeout as sleep } from 'node:timers/promises'
import { sendMessage } from '@fairlead/testing/engine/send-message'
import { checkPieces } from '@fairlead/testing/model/check-pieces'
import { plainReply, type Reply } from '@fairlead/testing/model/model-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { randomOf, seed } from './random.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
/** In the full run what is promised: a minute of two hundred, and readers that stop for half of it. */
const { streams, seconds, spreadMs, pauseMs } = isFull
  ? { streams: 200, seconds: 60, spreadMs: 5000, pauseMs: 30_000 }
  : { streams: 40, seconds: 3, spreadMs: 500, pauseMs: 3000 }
const perSecond = 20
const paced: Reply = { text: { pieces: seconds * perSecond, stamped: true }, pace: { piecesPerSecond: perSecond } }
/** Flat out: far more than sockets hold waits for whoever stops reading. */
const floodPieces = 60_000
const flood: Reply = { text: { pieces: floodPieces, stamped: true } }
/** Every so many-th reader pauses, and every second one of those is flooded meanwhile. */
const pausing = 20

describe.each(adapterSets)(`many streams at once, %s (seed ${seed})`, (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    engine = await startEngineUnderTest({
      adapters,
      // As in an installation: a shorter lease is for tests of take-overs, and a slow machine may lose it.
      leaseSeconds: 30,
      model: ({ isStreamed, messages }) => {
        if (!isStreamed) return plainReply
        return messages.at(-1)?.text === 'flood' ? flood : paced
      },
    })
  })
  afterAll(() => engine?.close())

  /** Resolves to how many of its pieces are not where they belong. */
  async function followOne(number: number): Promise<number> {
    const random = randomOf(number)
    await sleep(random.below(spreadMs))
    const isPausing = number % pausing === 0
    const isFlooded = number % (2 * pausing) === 0
    const check = checkPieces(isFlooded ? floodPieces : seconds * perSecond)
    await sendMessage({
      api: engine.api,
      token: engine.owner.token,
      replies: [],
      content: isFlooded ? 'flood' : 'talk',
      onPiece: check.take,
      pause: isPausing ? { afterPieces: 1 + random.below(20), ms: pauseMs } : undefined,
    })
    return check.faults()
  }

  test(`no piece is lost, doubled or out of order: ${streams} streams, ${seconds} s`, {
    timeout: 60_000 + 4000 * seconds,
  }, async () => {
    const faults = await Promise.all(Array.from({ length: streams }, (_, number) => followOne(number)))
    expect(faults).toEqual(faults.map(() => 0))
  })
})
