import { Runnable } from '@langchain/core/runnables'
import { EphemeralValue } from '@langchain/langgraph/channels'
import { Channel, Pregel } from '@langchain/langgraph/pregel'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { enter, finish, judge, type Node, speak, stepLimitSentence } from './nodes.ts'
import type { AgentPorts } from './ports.ts'
import type { Position } from './position.ts'

type RunContext = { ports: AgentPorts; signal: AbortSignal }

/** Where a node sends the position that it leaves behind: to the next node, or out. */
type Next = 'model' | 'gate' | 'final' | 'end'
type Sent = { position: Position; next: Next }

export type Agent = {
  /**
   * Runs the loop from the record's point of view to its end. Rejects with `RunInterrupted` when the run must end
   * silently, and with any fault of the ports.
   */
  run(position: Position, ports: AgentPorts, signal: AbortSignal): Promise<Position>
}

/**
 * The loop: entry -> model <-> gate -> final.
 * @param checkpointer where positions are kept between nodes; they are never trusted over the record
 */
export function createAgent(checkpointer: BaseCheckpointSaver): Agent {
  const contexts = new Map<string, RunContext>()

  const step = (name: string, run: Node, next: (position: Position) => Next) =>
    Channel.subscribeTo(name)
      .pipe(
        new Untraced(async (before: Position): Promise<Sent> => {
          const context = contexts.get(before.run_id)
          if (context === undefined) throw new Error(`Run ${before.run_id} is not under way here`)
          const position = await run(before, context.ports, context.signal)
          return { position, next: next(position) }
        }),
      )
      .pipe(send)

  // The graph as its runtime takes it, a channel a node: what `StateGraph` builds on top costs twice the time of a turn.
  const graph = new Pregel({
    nodes: {
      entry: step('entry', enter, afterEntry),
      model: step('model', withinLimit(speak), afterModel),
      gate: step('gate', withinLimit(judge), afterGate),
      final: step('final', finish, ({ done }) => (done ? 'end' : 'gate')),
    },
    channels: {
      entry: new EphemeralValue<Position>(),
      model: new EphemeralValue<Position>(),
      gate: new EphemeralValue<Position>(),
      final: new EphemeralValue<Position>(),
      end: new EphemeralValue<Position>(),
    },
    inputChannels: 'entry',
    outputChannels: 'end',
    checkpointer,
  })

  return {
    run: async (position, ports, signal) => {
      contexts.set(position.run_id, { ports, signal })
      try {
        const last: Position = await graph.invoke(position, {
          // A run that has done nothing yet left no position behind that one would have to look for.
          configurable: { thread_id: position.run_id, is_new: position.step === 0 },
          durability: 'sync',
          // Ours counts per run and ends with words; this one only guards against a loop that does not count.
          recursionLimit: ports.settings.maxSteps * 2 + 10,
        })
        return last
      } finally {
        contexts.delete(position.run_id)
        // Positions are of use while the run goes on; the record keeps what is to be kept.
        await checkpointer.deleteThread(position.run_id)
      }
    },
  }
}

/** A function in the graph, without the tracing that the library wraps around one. */
class Untraced<In, Out> extends Runnable<In, Out> {
  lc_namespace = ['fairlead']
  readonly #run: (input: In) => Promise<Out>

  constructor(run: (input: In) => Promise<Out>) {
    super()
    this.#run = run
  }

  override invoke(input: In): Promise<Out> {
    return this.#run(input)
  }
}

const sentTo = (node: Next) => new Untraced(async ({ position, next }: Sent) => (next === node ? position : undefined))

const send = Channel.writeTo([], {
  model: sentTo('model'),
  gate: sentTo('gate'),
  final: sentTo('final'),
  end: sentTo('end'),
})

/** A node that would be one step too many does not run: the run fails with words. */
function withinLimit(step: Node): Node {
  return async (position, ports, signal) => {
    const { maxSteps } = ports.settings
    if (position.step >= maxSteps) return { ...position, speaks_again: false, error: stepLimitSentence(maxSteps) }
    return step(position, ports, signal)
  }
}

function afterEntry({ stopped, pending_tools, without_model, has_answered }: Position): 'model' | 'gate' | 'final' {
  if (stopped) return 'final'
  if (pending_tools.length > 0) return 'gate'
  return without_model || has_answered ? 'final' : 'model'
}

function afterModel({ stopped, error, pending_tools, speaks_again }: Position): 'model' | 'gate' | 'final' {
  if (stopped || error !== null) return 'final'
  if (pending_tools.length > 0) return 'gate'
  return speaks_again ? 'model' : 'final'
}

function afterGate({ stopped, error, awaiting_approval, without_model }: Position): 'model' | 'final' {
  return stopped || error !== null || awaiting_approval || without_model ? 'final' : 'model'
}
