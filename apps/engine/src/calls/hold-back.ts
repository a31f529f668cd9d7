import { wasStopped } from '@fairlead/agent/abort'
import { classOf } from '@fairlead/agent/call-class'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { BUILTIN_SERVER } from '@fairlead/agent/propose-calls'
import type { CallClass } from '@fairlead/contract/call/call'
import { whyLooksOnly } from '../auth/why-looks-only.ts'
import { advanceCall, type CallRow } from '../event-log/record/calls.ts'
import { ToolServerUnavailable } from '../mcp-client/connect-tools.ts'
import { endCall } from './end-call.ts'
import { commitStep, type Execution } from './execution.ts'
import { toolNow } from './tool-now.ts'

/**
 * A read is run only if it still is one by the tool as it is listed now: the stricter class counts. One that is none any
 * more becomes a write, and the gate looks again. Undefined when nothing stands in its way.
 */
export async function holdBack(execution: Execution, call: CallRow, position: Position): Promise<CallEnd | undefined> {
  const fail = async (error: string): Promise<'done'> => {
    await endCall(execution, { call, position, end: { outcome: 'failed', error } })
    return 'done'
  }
  let classNow: CallClass
  try {
    classNow = await readClass(execution, call)
  } catch (error) {
    if (!(error instanceof ToolServerUnavailable)) throw error
    return wasStopped(execution.signal) ? 'stopped' : await fail(error.message)
  }
  if (classNow === 'read') return undefined
  // What an engine left under way was sent already, and who may only look is asked about nothing.
  if (call.status === 'executing' || whyLooksOnly(execution.user) !== undefined) {
    return await fail(`${call.tool} has changed since it was called: nobody vouches that it only looks.`)
  }
  await commitStep(execution, {
    position,
    facts: (tx) => advanceCall(tx, call.call_id, { from: ['pending'], to: 'pending', class: 'write' }),
  })
  return 'again'
}

async function readClass(execution: Execution, call: CallRow): Promise<CallClass> {
  const tool = await toolNow(execution, call)
  const { execReadAllowList } = execution.context.settings
  return classOf(tool, call.args, { ours: tool?.server === BUILTIN_SERVER, execReadAllowList })
}
