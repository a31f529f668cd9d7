import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import type { CallRow } from '../event-log/record/calls.ts'
import { type ToolServer, ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import type { ListedTool } from '../mcp-client/to-catalogue-tool.ts'
import type { ApprovedCall } from './attempt/approved-call.ts'

export type ToolTrust = {
  /** The call's tool as its server lists it now; undefined when it no longer does. Rejects as `list`. */
  currentTool(call: Pick<CallRow, 'tool'>): Promise<ListedTool | undefined>
  /**
   * Whether the tool's digest, read now, stands in the release's own table. Undefined when the server does not list its
   * tools: it is not asked for an effect then.
   */
  isTrusted(call: CallRow): Promise<boolean | undefined>
  /** The same; a server that does not list its tools is taken for the one that was there when the effect was approved. */
  isStillTrusted(approved: ApprovedCall): Promise<boolean>
}

export function createToolTrust(tools: Pick<ToolServer, 'list'>, signal: AbortSignal): ToolTrust {
  const currentTool: ToolTrust['currentTool'] = async (call) =>
    (await tools.list(signal)).find(({ name }) => name === call.tool)
  const isTrusted: ToolTrust['isTrusted'] = async (call) => {
    try {
      const tool = await currentTool(call)
      return tool?.pinned === true && tool.server === BUILTIN_SERVER
    } catch (error) {
      if (error instanceof ToolServerUnavailable) return undefined
      throw error
    }
  }
  return {
    currentTool,
    isTrusted,
    isStillTrusted: async ({ call, approval }) => (await isTrusted(call)) ?? approval.effect.basis !== 'unknown',
  }
}
