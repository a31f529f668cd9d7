import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { maskText } from '@fairlead/service-kit/redaction/mask'
import { markStale } from '../../approvals/announce-decisions.ts'
import type { Db } from '../../db/database.ts'
import { advanceCall, type CallRow } from '../../event-log/record/calls.ts'
import { attemptEnded } from '../attempt/approved-call.ts'
import { endAttempt } from '../attempt/attempts.ts'
import { callRef } from '../call-ref.ts'
import type { EndCall } from '../end-call.ts'
import { LeaseLost } from '../lease-lost.ts'
import type { CommitStep } from '../run-record.ts'
import type { ApprovalRequests } from './approval-requests.ts'
import type { EffectToApprove, PreviewWrite } from './preview-write.ts'

/** Why what was approved holds no longer. Nothing was written in any of these cases. */
export type ApprovalCause =
  /** The tool server found another effect, and sent it. */
  | { kind: 'effect-changed'; stale: StaleAttempt; now: EffectToApprove }
  /** The tool server found another effect, and sent none that can be shown. */
  | { kind: 'effect-not-sent'; stale: StaleAttempt }
  /** The tool is listed no more, or as another: it would write without comparing the effect. */
  | { kind: 'tool-changed' }
  /** A call whose effect nobody knows would reach another address. */
  | { kind: 'server-moved' }

/** The attempt that ended with it. */
type StaleAttempt = {
  attemptId: string
  /** What the tool server said. */
  text: string
  progress: string
}

/** Old votes are void: a person is asked about what would be done now. A call whose new preview fails ends as failed. */
export type RequestApprovalAgain = (
  call: CallRow,
  again: { cause: ApprovalCause; position: Position },
) => Promise<CallEnd>

type Ports = {
  commitStep: CommitStep
  endCall: EndCall
  previewWrite: PreviewWrite
  requests: Pick<ApprovalRequests, 'frameOf' | 'insert' | 'eventOfNew' | 'publishPending'>
}

export function createRequestApprovalAgain({
  commitStep,
  endCall,
  previewWrite,
  requests,
}: Ports): RequestApprovalAgain {
  return async (call, { cause, position }) => {
    const stale = 'stale' in cause ? cause.stale : undefined
    const attempt = stale && endOfStale(call, stale)
    const now = cause.kind === 'effect-changed' ? cause.now : await previewWrite(call)
    if ('error' in now) {
      const end = { outcome: 'failed', error: now.error } as const
      await endCall({ call, position, end, progress: stale?.progress, ...attempt })
      return 'done'
    }
    const approval = { ...now, ...(await requests.frameOf(call)), revision: call.revision + 1 }
    const reason = maskText(reasonOf(call, cause), 'written')
    await commitStep({
      position,
      facts: async (tx) => {
        await attempt?.facts(tx)
        await markStale(tx, call.call_id, call.revision)
        const to = { from: ['approved', 'executing'], to: 'awaiting_approval', revision: approval.revision } as const
        if (!(await advanceCall(tx, call.call_id, to))) {
          throw new LeaseLost(`Call ${call.call_id} is no longer approved: another engine works on its run`)
        }
        await requests.insert(tx, call, approval)
      },
      events: [
        { type: 'tool.stale', ...callRef(call), reason, revision: call.revision },
        await requests.eventOfNew(call, approval),
      ],
      audit: attempt === undefined ? [] : [attempt.audit],
    })
    const expires_at = approval.expiresAt?.toISOString() ?? null
    requests.publishPending(call, { revision: approval.revision, expires_at })
    return 'waiting'
  }
}

/** What an attempt that was stale leaves in the record. */
export function endOfStale(call: CallRow, { attemptId }: Pick<StaleAttempt, 'attemptId'>) {
  return {
    facts: (tx: Db) => endAttempt(tx, attemptId, { outcome: 'stale' }),
    audit: attemptEnded(call, attemptId, 'stale'),
  }
}

function reasonOf({ tool }: CallRow, cause: ApprovalCause): string {
  if (cause.kind === 'server-moved') return `The server of ${tool} has another address than the one that was approved.`
  if (cause.kind === 'tool-changed')
    return `${tool} has changed since it was asked about: nobody vouches any more for what it will do.`
  return cause.stale.text.split('\n', 1)[0]?.replace(/^Stale: /, '') ?? ''
}
