import { ask } from '@fairlead/testing/ask'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askFor, type Burst, cutsOf, modelFormats, startBurstModel, textOf } from './burst-model.fixture.ts'
import { type EngineUnderTest, startEngineUnderTest } from './engine.fixture.ts'
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

  const grid = lengths.flatMap((pieces) => cutsOf(format, pieces).map((cutAt): Burst => ({ pieces, cutAt })))
  /** The whole of it in the full run, else a third: another one with each seed. */
  const bursts = isFull ? grid : grid.filter((_, index) => (index + seed) % 3 === 0)

  async function isWhole(burst: Burst): Promise<boolean> {
    const { api, owner } = engine
    const asked = { api, token: owner.token, replies: [], content: askFor(burst), signal: AbortSignal.timeout(20_000) }
    return (await ask(asked).catch(() => undefined))?.text === textOf(burst.pieces)
  }

  test(`every piece of ${bursts.length} arrives, in order, and the engine answers meanwhile`, async () => {
    const health = watchHealth(engine.api)
    const broken: Burst[] = []
    const next = bursts.values()
    const askAll = async () => {
      for (const burst of next) {
        if (!(await isWhole(burst))) broken.push(burst)
        // Behind a hang nothing is to be learnt any more.
        if (broken.length > 3) return
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, askAll))
    const { answers, slowestMs } = await health.stop()
    expect(broken).toEqual([])
    expect(answers).toBeGreaterThan(10)
    expect(slowestMs).toBeLessThan(HEALTH_MS)
  })
})
