import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { Db } from '../../db/database.ts'
import { type ApprovedCall, attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt } from '../attempt/attempts.ts'
import { endCall } from '../end-call.ts'
import type { Execution } from '../execution.ts'
import { askAnew } from './ask-anew.ts'
import { checkedEffect, previewWrite } from './preview-write.ts'

type Stale = {
  attemptId: string
  position: Position
  answer: ToolAnswer
  text: string
  progress: string
  silent?: boolean
}

/**
 * What would be done now is not what was approved, and nothing was written: the question is asked anew, with the effect
 * as it is now.
 */
export async function askAgain(execution: Execution, { call }: ApprovedCall, stale: Stale): Promise<CallEnd> {
  const { attemptId, position, silent, progress } = stale
  const told = checkedEffect(call, stale.answer)
  const now = 'error' in told && !silent ? await previewWrite(execution, call) : told
  const attempt = {
    end: (tx: Db) => endAttempt(tx, attemptId, { outcome: 'stale' }),
    audit: attemptEnded(call, attemptId, 'stale'),
  }
  if (silent || 'error' in now) {
    const error = silent ? 'The object had changed, nothing was written.' : 'error' in now ? now.error : ''
    await endCall(execution, {
      call,
      position,
      end: { outcome: 'failed', error },
      progress,
      silent,
      facts: attempt.end,
      audit: attempt.audit,
    })
    return 'done'
  }
  return await askAnew(execution, call, { position, now, reason: reasonOf(stale.text), attempt })
}

function reasonOf(text: string): string {
  return text.split('\n', 1)[0]?.replace(/^Stale: /, '') ?? ''
}
