import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import type { CallRow } from '../event-log/record/calls.ts'
import { ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import type { ApprovedCall } from './attempt/approved-call.ts'
import type { Execution } from './execution.ts'

/** The call's tool as its server lists it now; undefined when it does no more. Rejects as `list`. */
export async function toolNow({ context, signal }: Execution, call: CallRow): Promise<ListedTool | undefined> {
  const catalogue = await context.tools.list(signal)
  return catalogue.find(({ name }) => name === call.tool)
}

/**
 * Whether the tool's digest, read now, stands in the release's own table. Undefined when the server does not list its
 * tools: it is not asked for an effect then.
 */
export async function isOurs(execution: Execution, call: CallRow): Promise<boolean | undefined> {
  try {
    const tool = await toolNow(execution, call)
    return tool?.pinned === true && tool.server === BUILTIN_SERVER
  } catch (error) {
    if (error instanceof ToolServerUnavailable) return undefined
    throw error
  }
}

/** As `isOurs`; a server that does not list its tools is taken for the one that was there when the effect was approved. */
export async function isStillOurs(execution: Execution, { call, approval }: ApprovedCall): Promise<boolean> {
  return (await isOurs(execution, call)) ?? approval.effect.basis !== 'unknown'
}
