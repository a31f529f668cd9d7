import type { Arguments, WriteCall, WriteTool } from '../tool/define-tool.ts'
import type { ToolContext } from '../tool/tool-context.ts'

/** One call of a write tool on its way through the gate: what it is, and what its plan will see. */
export type WriteCallInHand = {
  tool: WriteTool
  /** As they arrived: digests are taken over these. */
  args: Arguments
  /** The same, accepted. */
  call: WriteCall
  /** Without pins: each form of the call brings its own. */
  context: Omit<ToolContext, 'pins'>
}
