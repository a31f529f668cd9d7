import { askModel } from '../ask-model.ts'
import { median, percentile } from '../percentile.ts'
import { modes, startEngine } from '../start-engine.ts'
import type { Bench } from './bench.ts'

const ROUNDS = 300

/** What the engine adds before the first token of a new conversation, one stream after another. */
export const firstToken: Bench = async (servers, tell) => {
  const modelUrl = await servers.modelUrl()
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      const own: number[] = []
      const whole: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        own.push(await askModel(modelUrl))
        const asked = await engine.ask([{ text: { pieces: 5 } }])
        whole.push(asked.firstPieceAt - asked.sentAt)
      }
      const modelMs = median(own)
      const added = whole.map((ms) => ms - modelMs)
      const name = `first token, one after another, ${mode}`
      tell({ name: `${name}: added, p50`, value: percentile(added, 50), unit: 'ms', bar: { atMost: 8 } })
      tell({ name: `${name}: added, p99`, value: percentile(added, 99), unit: 'ms', bar: { atMost: 25 } })
      tell({ name: `${name}: the model's own, p50`, value: modelMs, unit: 'ms' })
    } finally {
      await engine.stop()
    }
  }
}
