import { type Call, call, type Plan, type Reply } from '../plan/plan.ts'
import { offeredTool } from './load-tool.ts'

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
  const found = yield* offeredTool(
    calls.map(({ tool }) => tool),
    { offered, isWrite: true },
  )
  if ('why' in found) return { kind: 'not-offered', text: found.why }
  const chosen = calls.find(({ tool }) => tool === found.tool)
  if (chosen === undefined) throw new Error(`${found.tool} was not asked for`)
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
      return `I may not make this change here. ${text} Nothing was changed.`
    default:
      return `It was not made: ${text.trim()}`
  }
}
