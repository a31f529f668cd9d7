import { median } from '../percentile.ts'
import { modes, startEngine } from '../start-engine.ts'
import { warmUp } from '../warm-up.ts'
import type { Bench } from './bench.ts'

/** On a shared machine the same turns cost half as much again from one second to the next. */
const ROUNDS = 15
const TURNS = 60
/** Code is still being compiled for some thousand turns, and its compilation is the process's CPU as well. */
const FURTHER_WARM_UP_TURNS = 5400

/** All of the engine's CPU for a short turn without tools: of a conversation under way, and of a new one with its title. */
export const shortTurn: Bench = async (servers, tell) => {
  const replies = [{ text: { pieces: 20 } }]
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      await warmUp(engine, FURTHER_WARM_UP_TURNS)
      const { conversationId } = await engine.ask(replies)
      const cpuOf = async (conversation: string | undefined) => {
        const before = await engine.cpuMs()
        for (let turn = 0; turn < TURNS; turn++) await engine.ask(replies, { conversationId: conversation })
        return ((await engine.cpuMs()) - before) / TURNS
      }
      await cpuOf(conversationId)
      const further: number[] = []
      const first: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        further.push(await cpuOf(conversationId))
        first.push(await cpuOf(undefined))
      }
      // The embedded database works in the engine's process, so its CPU is counted there too.
      const bar = { atMost: mode === 'servers' ? 12 : 15 }
      tell({ name: `short turn, ${mode}: the engine's CPU`, value: median(further), unit: 'ms', bar })
      tell({
        name: `short turn of a new conversation, ${mode}: the engine's CPU`,
        value: median(first),
        unit: 'ms',
        bar,
      })
    } finally {
      await engine.stop()
    }
  }
}
