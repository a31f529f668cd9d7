import { median } from '../percentile.ts'
import { type Engine, modes, startEngine } from '../start-engine.ts'
import { warmUp } from '../warm-up.ts'
import type { Bench } from './bench.ts'

const TURNS_BEFORE = 200
/** On a shared machine the same turns cost half as much again from one second to the next. */
const ROUNDS = 15
const TURNS = 40
/** Code is still being compiled for some thousand turns, and its compilation is the process's CPU as well. */
const FURTHER_WARM_UP_TURNS = 5400
const replies = [{ text: { pieces: 20 } }]

/**
 * CPU of a short turn without tools, of every process that works for it: the engine, and with servers Postgres and Redis.
 * Of a conversation of 200 turns, and of a new one with its title.
 */
export const shortTurn: Bench = async (servers, report) => {
  for (const mode of modes) {
    const engine = await startEngine(servers, mode)
    try {
      await warmUp(engine, FURTHER_WARM_UP_TURNS)
      const further: Cpu[] = []
      const first: Cpu[] = []
      for (let round = 0; round < ROUNDS; round++) {
        // A conversation of its own for each round: all are measured from turn 201 on.
        further.push(await cpuOfTurns(engine, await conversationOf(engine, TURNS_BEFORE)))
        first.push(await cpuOfTurns(engine, undefined))
      }
      const bar = { atMost: mode === 'servers' ? 12 : 20 }
      for (const [name, cpu] of [
        [`short turn after ${TURNS_BEFORE}, ${mode}`, further],
        [`short turn of a new conversation, ${mode}`, first],
      ] as const) {
        report({ name: `${name}: CPU of all processes`, value: median(cpu.map(({ all }) => all)), unit: 'ms', bar })
        report({ name: `${name}: the engine's`, value: median(cpu.map((each) => each.engine)), unit: 'ms' })
      }
    } finally {
      await engine.stop()
    }
  }
}

/** Milliseconds of a turn, on average. */
type Cpu = { all: number; engine: number }

async function conversationOf(engine: Engine, turns: number): Promise<string> {
  let conversationId: string | undefined
  for (let turn = 0; turn < turns; turn++) {
    conversationId = (await engine.send(replies, { conversationId })).conversationId
  }
  return conversationId ?? ''
}

async function cpuOfTurns(engine: Engine, conversationId: string | undefined): Promise<Cpu> {
  const before = { engine: await engine.cpuMs(), stores: await engine.storesCpuMs() }
  for (let turn = 0; turn < TURNS; turn++) await engine.send(replies, { conversationId })
  const ownMs = (await engine.cpuMs()) - before.engine
  const storesMs = (await engine.storesCpuMs()) - before.stores
  return { all: (ownMs + storesMs) / TURNS, engine: ownMs / TURNS }
}
