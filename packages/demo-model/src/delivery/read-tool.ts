import { call, type Plan, type Reply } from '../plan/plan.ts'
import { offeredTool } from '../requests/load-tool.ts'

/** Reads with a tool that may have to be loaded. A failure says in its text what is missing. */
export function* readTool(
  tool: string,
  args: Record<string, unknown>,
  { offered, isFresh = false }: { offered: ReadonlySet<string>; isFresh?: boolean },
): Plan<Reply> {
  const found = yield* offeredTool([tool], { offered, isWrite: false })
  if ('why' in found) return { kind: 'failed', text: found.why }
  return yield* call(tool, args, { barrier: isFresh })
}
