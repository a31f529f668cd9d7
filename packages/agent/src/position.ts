/**
 * What is loaded of a toolset: all that only reads (`false`), all of it (`true`), or tools by their names, beside all that
 * only reads or alone.
 */
export type LoadedToolset = boolean | { reads: boolean; tools: readonly string[] }

/** Toolsets that a conversation has loaded, by name. */
export type LoadedToolsets = Readonly<Record<string, LoadedToolset>>

/** What a new conversation starts with. */
export const initialToolsets: LoadedToolsets = { k8s: false }

/**
 * Where the loop stands, and nothing else: under 1 KB, whatever the age of the conversation. Messages, arguments,
 * effects, decisions and results stand in the record, which can rebuild this at any moment.
 */
export type Position = {
  run_id: string
  conversation_id: string
  user_id: string
  /** Calls of the last turn that are not done yet, in the model's order. */
  pending_tools: readonly string[]
  awaiting_approval: boolean
  loaded_toolsets: LoadedToolsets
  /** Node executions of this run. */
  step: number
  auto_continues: number
  /** The next turn was led on by the engine's nudge. */
  nudged: boolean
  /** The model has the word although it called no tool that the gate must look at. */
  speaks_again: boolean
  /** The last turn called nothing: a take-over has only the run to close. */
  has_answered: boolean
  called_tool: boolean
  /** A run that proposes an undo ends at the gate: no model has the word in it. */
  without_model: boolean
  denied: boolean
  ttft_emitted: boolean
  /** Milliseconds since the epoch. */
  start_time: number
  done: boolean
  /** Why the run failed, in one sentence. */
  error: string | null
  stopped: boolean
}

export function newPosition(of: Pick<Position, 'run_id' | 'conversation_id' | 'user_id' | 'start_time'>): Position {
  return {
    ...of,
    pending_tools: [],
    awaiting_approval: false,
    loaded_toolsets: initialToolsets,
    step: 0,
    auto_continues: 0,
    nudged: false,
    speaks_again: false,
    has_answered: false,
    called_tool: false,
    without_model: false,
    denied: false,
    ttft_emitted: false,
    done: false,
    error: null,
    stopped: false,
  }
}
