/** A tool call as the planner wants it. */
export type Call = { tool: string; args: Record<string, unknown> }

/** What became of a call; `text` is the tool's output, or the reason why there is none. */
export type Reply = { kind: 'answered' | 'failed' | 'denied' | 'cancelled' | 'unknown'; text: string }

/**
 * One step of a plan: calls that do not depend on each other, and what is said with them. The replies come back in the
 * calls' order. Behind a `barrier` (a write, a wait) everything is read anew: earlier replies no longer answer.
 */
export type Step = { say?: string; calls: readonly Call[]; barrier?: boolean }

/** A plan is a program that reads as it goes; it is run anew for every turn, and gets the same replies to the same calls. */
export type Plan<T> = Generator<Step, T, readonly Reply[]>

/** Makes one call and waits for its reply. */
export function* call(tool: string, args: Record<string, unknown>, options: Omit<Step, 'calls'> = {}): Plan<Reply> {
  const [reply] = yield { ...options, calls: [{ tool, args }] }
  return reply ?? { kind: 'failed', text: '' }
}
