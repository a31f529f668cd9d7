import type { Plan } from '../target/plan.ts'
import type { TargetSystem } from '../target/target-system.ts'
import type { Arguments, WriteTool } from '../tool/define-tool.ts'
import type { ToolContext } from '../tool/tool-context.ts'

/** One call of a write tool on its way through the gate. */
export type GatedWriteCall = {
  tool: Pick<WriteTool, 'name'>
  /** As they arrived: digests are taken over these. */
  args: Arguments
  /** It changes nothing, so that it needs no permit. */
  isReadOnly: boolean
  /** With the pins of the permit; a preview has none. */
  plan(pins: Readonly<Record<string, unknown>>): Promise<Plan>
  target: TargetSystem
  context: Pick<ToolContext, 'settings' | 'signal' | 'now' | 'progress'>
}
