import { call, type Plan } from '../plan/plan.ts'

/** Which of the tools may be used, or why none of them. */
export type Offered = { tool: string } | { why: string }

/** The first of these tools that is offered. Where none is, they are loaded before. */
export function* offeredTool(
  tools: readonly string[],
  { offered, isWrite }: { offered: ReadonlySet<string>; isWrite: boolean },
): Plan<Offered> {
  const there = tools.find((tool) => offered.has(tool))
  if (there !== undefined) return { tool: there }
  const [toolset] = (tools[0] ?? '').split('_')
  const { text } = yield* call('load_toolset', { toolset, include_write_tools: isWrite, tools })
  return { why: text.trim() }
}
