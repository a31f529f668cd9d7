import type { CallRow } from '../event-log/record/calls.ts'
import type { CallAnswer } from '../mcp-client/call-answer.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'
import type { OnProgress } from '../mcp-client/progress.ts'

export type ToolRequest = {
  /** Default: the call's own. */
  args?: Record<string, unknown>
  meta?: Record<string, unknown>
  signal: AbortSignal
  /** Milliseconds since the epoch: the request does not leave later. */
  until?: number
  onProgress?: OnProgress
}

export type ToolCaller = {
  /** Calls the tool on behalf of the requester. */
  call(call: CallRow, request: ToolRequest): Promise<CallAnswer>
  /** Calls a tool that nobody vouches for without identity or grant: with them its server could act as the requester. */
  callForeign(call: CallRow, request: Omit<ToolRequest, 'meta'>): Promise<CallAnswer>
}

type Ports = {
  tools: Pick<ToolServer, 'call'>
  /** What identifies the requester to the tool server; empty where nothing may be signed. */
  identity(): Promise<Record<string, string>>
}

export function createToolCaller({ tools, identity }: Ports): ToolCaller {
  const callForeign: ToolCaller['callForeign'] = async ({ tool, args, call_id }, request) =>
    await tools.call({ name: tool, args, meta: {}, callId: call_id, ...request })
  return {
    callForeign,
    call: async (call, { meta, ...request }) => {
      const { tool: name, args, call_id: callId } = call
      return await tools.call({ name, args, callId, ...request, meta: { ...(await identity()), ...meta } })
    },
  }
}
