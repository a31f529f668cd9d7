import { sendMessage } from '@fairlead/testing/engine/send-message'
import { checkPieces } from '@fairlead/testing/model/check-pieces'
import { plainReply, type Reply } from '@fairlead/testing/model/model-script'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { burstsOf, messageFor, modelFormats, startBurstModel, type TextBurst, textOf } from './burst-model.fixture.ts'
import { adapterSets, type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
import { seed } from './random.fixture.ts'
import { watchHealth } from './watch-health.fixture.ts'

const isFull = process.env.FAIRLEAD_FULL === '1'
const lengths = [1, 2, 15, 16, 17, 18, 19, 20, 32, 64]
const AT_ONCE = 8
const HEALTH_MS = 200

describe.each(modelFormats)(`bursts of a model, %s (seed ${seed})`, { timeout: 300_000 }, (format) => {
  let model: Awaited<ReturnType<typeof startBurstModel>>
  let engine: EngineUnderTest
  beforeAll(async () => {
    model = await startBurstModel()
    engine = await startEngineUnderTest({
      adapters: 'embedded',
      isOwnProcess: true,
      settings: { LLM_MODEL: `${format}/m`, LLM_HOST: model.url, ANTHROPIC_API_KEY: 'none' },
    })
  })
  afterAll(async () => {
    await engine?.close()
    await model?.close()
  })

  const grid = lengths.flatMap((pieces) => burstsOf(format, pieces))
  /** The whole of it in the full run, else a third: another one with each seed. */
  const bursts = isFull ? grid : grid.filter((_, index) => (index + seed) % 3 === 0)

  async function isWhole(burst: TextBurst): Promise<boolean> {
    const { api, owner } = engine
    const options = {
      api,
      token: owner.token,
      replies: [],
      content: messageFor(burst),
      signal: AbortSignal.timeout(20_000),
    }
    return (await sendMessage(options).catch(() => undefined))?.text === textOf(burst.pieces)
  }

  test(`every piece of ${bursts.length} arrives, in order, and the engine answers meanwhile`, async () => {
    const health = await watchHealth(engine.api)
    const broken: TextBurst[] = []
    const next = bursts.values()
    const askAll = async () => {
      for (const burst of next) {
        if (!(await isWhole(burst))) broken.push(burst)
        // Behind a hang nothing is to be learnt any more.
        if (broken.length > 3) return
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askAll))
    const { slowMs, slowestMs } = await health.stop()
    expect(broken).toEqual([])
    expect(slowMs).toBeLessThan(HEALTH_MS)
    expect(slowestMs).toBeLessThan(5 * HEALTH_MS)
  })
})

const STREAMS = 20
const PIECES = 2000
const flushed: Reply = { text: { pieces: PIECES, stamped: true }, split: 'every-piece' }

describe.each(adapterSets)('a model that flushes every piece and sends as fast as it can, %s', (adapters) => {
  let engine: EngineUnderTest
  beforeAll(async () => {
    const model = ({ isStreamed }: { isStreamed: boolean }) => (isStreamed ? flushed : plainReply)
    engine = await startEngineUnderTest({ adapters, isOwnProcess: true, model })
  })
  afterAll(() => engine?.close())

  test(`${STREAMS} streams of ${PIECES} pieces: none is lost, and the engine answers meanwhile`, {
    timeout: 60_000,
  }, async () => {
    const { api, owner } = engine
    const health = await watchHealth(api)
    const checks = Array.from({ length: STREAMS }, () => checkPieces(PIECES))
    await Promise.all(
      checks.map(({ take }) => sendMessage({ api, token: owner.token, replies: [], content: 'talk', onPiece: take })),
    )
    expect(checks.map(({ faults }) => faults())).toEqual(checks.map(() => 0))
    expect((await health.stop()).slowestMs).toBeLessThan(Number.POSITIVE_INFINITY)
  })
})
