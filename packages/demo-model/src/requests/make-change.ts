import { type Call, call, type Plan, type Reply } from '../plan/plan.ts'

export type Made = { kind: Reply['kind'] | 'not-offered'; text: string }

/**
 * Proposes a change and waits for what becomes of it: the first of the calls that is offered. Tools that write are loaded
 * before, when they are not yet there.
 * @param say what the person reads before they decide
 */
export function* makeChange(
  calls: readonly Call[],
  { say, offered }: { say: string; offered: ReadonlySet<string> },
): Plan<Made> {
  if (!calls.some(({ tool }) => offered.has(tool))) {
    yield* call('load_toolset', { toolset: 'k8s', include_write_tools: true, tools: calls.map(({ tool }) => tool) })
  }
  const chosen = calls.find(({ tool }) => offered.has(tool))
  if (chosen === undefined) return { kind: 'not-offered', text: calls.map(({ tool }) => tool).join(', ') }
  const reply = yield* call(chosen.tool, chosen.args, { say, barrier: true })
  return reply
}

/** Why nothing was changed, where nothing was. */
export function whyNot({ kind, text }: Made): string {
  switch (kind) {
    case 'denied':
      return 'You denied it, so nothing was changed.'
    case 'cancelled':
      return 'It was not executed, so nothing was changed.'
    case 'not-offered':
      return `I may not make this change here: none of ${text} is offered to me. Nothing was changed.`
    default:
      return `It was not made: ${text.trim()}`
  }
}
