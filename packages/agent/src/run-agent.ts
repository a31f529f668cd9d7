import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { type Node, openedPosition, runEntry, runFinal, runGate, runModel, stepLimitSentence } from './nodes.ts'
import type { AgentPorts, Opening } from './ports.ts'
import type { Position } from './position.ts'

/** What the nodes of one run work with. */
type RunPorts = { ports: AgentPorts; signal: AbortSignal; opening: Opening | undefined }

export type Agent = {
  /**
   * Runs the loop from the record's point of view to its end. Rejects with `RunInterrupted` when the run must end
   * silently, and with any fault of the ports.
   * @param opening what `entry` would read from the record, where it is known already
   */
  run(position: Position, ports: AgentPorts, signal: AbortSignal, opening?: Opening): Promise<Position>
}

/** The graph's whole state. */
const State = Annotation.Root({ position: Annotation<Position> })
type State = typeof State.State

/**
 * The loop: entry -> model <-> gate -> final.
 * @param checkpointer where positions are kept between nodes; they are never trusted over the record
 */
export function createAgent(checkpointer: BaseCheckpointSaver): Agent {
  const runs = new Map<string, RunPorts>()

  const portsOf = (runId: string): RunPorts => {
    const run = runs.get(runId)
    if (run === undefined) throw new Error(`Run ${runId} is not under way here`)
    return run
  }
  const node =
    (run: Node) =>
    async ({ position }: State): Promise<State> => {
      const { ports, signal } = portsOf(position.run_id)
      return { position: await run(position, ports, signal) }
    }

  const graph = new StateGraph(State)
    .addNode('entry', async ({ position }) => {
      const { ports, signal, opening } = portsOf(position.run_id)
      return {
        position: opening === undefined ? await runEntry(position, ports, signal) : openedPosition(position, opening),
      }
    })
    .addNode('model', node(withinLimit(runModel)))
    .addNode('gate', node(withinLimit(runGate)))
    .addNode('final', node(runFinal))
    .addEdge(START, 'entry')
    .addConditionalEdges('entry', ({ position }) => afterEntry(position), ['model', 'gate', 'final'])
    .addConditionalEdges('model', ({ position }) => afterModel(position), ['model', 'gate', 'final', END])
    .addConditionalEdges('gate', ({ position }) => afterGate(position), ['model', 'final'])
    .addConditionalEdges('final', ({ position }) => (position.done ? END : 'gate'), ['gate', END])
    .compile({ checkpointer })

  return {
    run: async (position, ports, signal, opening) => {
      const runId = position.run_id
      runs.set(runId, { ports, signal, opening })
      try {
        const last = await graph.invoke(
          { position },
          {
            configurable: { thread_id: runId },
            durability: 'sync',
            // The limit that people meet is counted per run and ends with words; this one guards against a loop that does not count.
            recursionLimit: ports.settings.maxSteps * 2 + 10,
          },
        )
        return last.position
      } finally {
        runs.delete(runId)
        // Positions are of use while the run goes on; the record keeps what is to be kept.
        await checkpointer.deleteThread(runId)
      }
    },
  }
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

function afterModel({ done, stopped, error, pending_tools, speaks_again }: Position) {
  if (done) return END
  if (stopped || error !== null) return 'final'
  if (pending_tools.length > 0) return 'gate'
  return speaks_again ? 'model' : 'final'
}

function afterGate({ stopped, error, awaiting_approval, without_model }: Position): 'model' | 'final' {
  return stopped || error !== null || awaiting_approval || without_model ? 'final' : 'model'
}
