import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { enter, finish, judge, type Node, speak, stepLimitSentence } from './nodes.ts'
import type { AgentPorts } from './ports.ts'
import type { Position } from './position.ts'

type RunContext = { ports: AgentPorts; signal: AbortSignal }

const State = Annotation.Root({ position: Annotation<Position> })

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

  const node = (step: Node) => async (state: typeof State.State) => {
    const context = contexts.get(state.position.run_id)
    if (context === undefined) throw new Error(`Run ${state.position.run_id} is not under way here`)
    return { position: await step(state.position, context.ports, context.signal) }
  }

  const graph = new StateGraph(State)
    .addNode('entry', node(enter))
    .addNode('model', node(withinLimit(speak)))
    .addNode('gate', node(withinLimit(judge)))
    .addNode('final', node(finish))
    .addEdge(START, 'entry')
    .addConditionalEdges('entry', ({ position }) => afterEntry(position), ['model', 'gate', 'final'])
    .addConditionalEdges('model', ({ position }) => afterModel(position), ['model', 'gate', 'final'])
    .addConditionalEdges('gate', ({ position }) => afterGate(position), ['model', 'final'])
    .addConditionalEdges('final', ({ position }) => (position.done ? END : 'gate'), [END, 'gate'])
    .compile({ checkpointer })

  return {
    run: async (position, ports, signal) => {
      contexts.set(position.run_id, { ports, signal })
      try {
        const { position: last } = await graph.invoke(
          { position },
          {
            // A run that has done nothing yet left no position behind that one would have to look for.
            configurable: { thread_id: position.run_id, is_new: position.step === 0 },
            durability: 'sync',
            // Ours counts per run and ends with words; this one only guards against a loop that does not count.
            recursionLimit: ports.settings.maxSteps * 2 + 10,
          },
        )
        return last
      } finally {
        contexts.delete(position.run_id)
        // Positions are of use while the run goes on; the record keeps what is to be kept.
        await checkpointer.deleteThread(position.run_id)
      }
    },
  }
}

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
