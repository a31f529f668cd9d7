import { Runnable, type RunnableConfig } from '@langchain/core/runnables'
import { Channel, Pregel } from '@langchain/langgraph/pregel'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { enter, entered, finish, judge, type Node, speak, stepLimitSentence } from './nodes.ts'
import type { AgentPorts, Opening } from './ports.ts'
import type { Position } from './position.ts'
import { PositionChannel } from './position-channel.ts'

type RunContext = { ports: AgentPorts; signal: AbortSignal }

/** Where a node sends the position that it leaves behind: to the next node, or out. */
type Next = keyof typeof send

export type Agent = {
  /**
   * Runs the loop from the record's point of view to its end. Rejects with `RunInterrupted` when the run must end
   * silently, and with any fault of the ports.
   * @param opening what `entry` would find, where it is known already: the run begins behind it
   */
  run(position: Position, ports: AgentPorts, signal: AbortSignal, opening?: Opening): Promise<Position>
}

/**
 * The loop: entry -> model <-> gate -> final.
 * @param checkpointer where positions are kept between nodes; they are never trusted over the record
 */
export function createAgent(checkpointer: BaseCheckpointSaver): Agent {
  const contexts = new Map<string, RunContext>()

  const step = (name: string, run: Node, next: (position: Position) => Next) =>
    Channel.subscribeTo(name).pipe(
      new Untraced(async (before, config) => {
        const context = contexts.get(before.run_id)
        if (context === undefined) throw new Error(`Run ${before.run_id} is not under way here`)
        const position = await run(before, context.ports, context.signal)
        await send[next(position)]._write(position, config)
        return position
      }),
    )

  // The graph as its runtime takes it, a channel a node: what `StateGraph` builds on top costs twice the time of a turn.
  const graph = new Pregel({
    nodes: {
      entry: step('entry', enter, afterEntry),
      model: step('model', withinLimit(speak), afterModel),
      gate: step('gate', withinLimit(judge), afterGate),
      final: step('final', finish, ({ done }) => (done ? 'end' : 'gate')),
    },
    channels: {
      entry: new PositionChannel(),
      model: new PositionChannel(),
      gate: new PositionChannel(),
      final: new PositionChannel(),
      end: new PositionChannel(),
    },
    inputChannels: ['entry', 'model', 'gate', 'final'],
    outputChannels: 'end',
    checkpointer,
  })

  return {
    run: async (position, ports, signal, opening) => {
      contexts.set(position.run_id, { ports, signal })
      try {
        const first = opening === undefined ? position : entered(position, opening)
        const begin = opening === undefined ? 'entry' : afterEntry(first)
        // What `invoke` reads through three streams and as many abort signals, which each run would hold to its end.
        const outputs = graph._streamIterator(
          { [begin]: first },
          {
            // A run that has done nothing yet left no position behind that one would have to look for.
            configurable: { thread_id: position.run_id, is_new: position.step === 0 },
            streamMode: 'values',
            outputKeys: 'end',
            durability: 'sync',
            // Ours counts per run and ends with words; this one only guards against a loop that does not count.
            recursionLimit: ports.settings.maxSteps * 2 + 10,
          },
        )
        let last = first
        for await (const output of outputs) last = output as Position
        return last
      } finally {
        contexts.delete(position.run_id)
        // Positions are of use while the run goes on; the record keeps what is to be kept.
        await checkpointer.deleteThread(position.run_id)
      }
    },
  }
}

type Work = (before: Position, config: RunnableConfig) => Promise<Position>

/** A function in the graph, without the tracing that the library wraps around one. */
class Untraced extends Runnable<Position, Position> {
  lc_namespace = ['fairlead']
  readonly #work: Work

  constructor(work: Work) {
    super()
    this.#work = work
  }

  override invoke(before: Position, config: RunnableConfig = {}): Promise<Position> {
    return this.#work(before, config)
  }
}

const send = {
  model: Channel.writeTo(['model']),
  gate: Channel.writeTo(['gate']),
  final: Channel.writeTo(['final']),
  end: Channel.writeTo(['end']),
}

/** A node that would be one step too many does not run: the run fails with words. */
function withinLimit(step: Node): Node {
  return async (position, ports, signal) => {
    const { maxSteps } = ports.settings
    if (position.step >= maxSteps) return { ...position, error: stepLimitSentence(maxSteps) }
    return step(position, ports, signal)
  }
}

function afterEntry({ stopped, pending_tools, without_model, has_answered }: Position): 'model' | 'gate' | 'final' {
  if (stopped) return 'final'
  if (pending_tools.length > 0) return 'gate'
  return without_model || has_answered ? 'final' : 'model'
}

function afterModel({ done, stopped, error, pending_tools, speaks_again }: Position): Next {
  if (done) return 'end'
  if (stopped || error !== null) return 'final'
  if (pending_tools.length > 0) return 'gate'
  return speaks_again ? 'model' : 'final'
}

function afterGate({ stopped, error, awaiting_approval, without_model }: Position): 'model' | 'final' {
  return stopped || error !== null || awaiting_approval || without_model ? 'final' : 'model'
}
