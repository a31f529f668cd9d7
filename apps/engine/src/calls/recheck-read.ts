import { wasStopped } from '@fairlead/agent/abort'
import { classOf } from '@fairlead/agent/call-class'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import type { CallClass } from '@fairlead/contract/call/call'
import { whyReadOnly } from '../auth/why-read-only.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import type { EndCall } from './end-call.ts'
import type { CommitStep } from './run-record.ts'
import type { RunUser } from './run-user.ts'
import type { ToolTrust } from './tool-trust.ts'

type Ports = {
  commitStep: CommitStep
  endCall: EndCall
  currentTool: ToolTrust['currentTool']
  requester(): RunUser
  execReadAllowList: boolean
  signal: AbortSignal
}

/**
 * A read is run only if it still is one by the tool as it is listed now: the stricter class counts. One that is none any
 * more becomes a write, and the gate judges it again. Undefined when nothing stands in its way.
 */
export type RecheckRead = (call: CallRow, position: Position) => Promise<CallEnd | undefined>

export function createRecheckRead(ports: Ports): RecheckRead {
  const { commitStep, endCall, currentTool, requester, execReadAllowList, signal } = ports
  return async (call, position) => {
    const fail = async (error: string): Promise<'done'> => {
      await endCall({ call, position, end: { outcome: 'failed', error } })
      return 'done'
    }
    let currentClass: CallClass
    try {
      const tool = await currentTool(call)
      currentClass = classOf(tool, call.args, { isOfRelease: tool?.server === BUILTIN_SERVER, execReadAllowList })
    } catch (error) {
      if (!(error instanceof ToolServerUnavailable)) throw error
      return wasStopped(signal) ? 'stopped' : await fail(error.message)
    }
    if (currentClass === 'read') return undefined
    // What an engine left under way was sent already, and who may only read can approve nothing.
    if (call.status === 'executing' || whyReadOnly(requester()) !== undefined) {
      return await fail(`${call.tool} has changed since it was called: nobody vouches that it only looks.`)
    }
    await commitStep({
      position,
      facts: (tx) => advanceCall(tx, call.call_id, { from: ['pending'], to: 'pending', class: 'write' }),
    })
    return 'again'
  }
}
