import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { CallRow } from '../../event-log/record/calls.ts'
import { endCall } from '../end-call.ts'
import type { Execution } from '../execution.ts'
import { askAnew } from './ask-anew.ts'
import { previewWrite } from './preview-write.ts'

/**
 * The tool that said what was approved is listed no more, or as another: whatever bears its name now would do without a
 * look at the effect. Nothing is sent, and a person is asked about what is known of the tool as it is now.
 */
export async function askAboutChangedTool(execution: Execution, call: CallRow, position: Position): Promise<CallEnd> {
  const now = await previewWrite(execution, call)
  if ('error' in now) {
    await endCall(execution, { call, position, end: { outcome: 'failed', error: now.error } })
    return 'done'
  }
  const reason = `${call.tool} has changed since it was asked about: nobody vouches any more for what it will do.`
  return await askAnew(execution, call, { position, now, reason })
}
