import type { Position } from '@fairlead/agent/position'
import type { GrantClaims } from '@fairlead/contract/call/grant'
import { advanceCall } from '../../event-log/record/calls.ts'
import { callRef } from '../call-ref.ts'
import { LeaseLost } from '../lease-lost.ts'
import type { CommitStep } from '../run-record.ts'
import { type ApprovedCall, attemptStarted } from './approved-call.ts'
import { insertAttempt, renewAttempt } from './attempts.ts'
import type { IssuedGrant, IssueGrant } from './issue-grant.ts'

export type StartedAttempt = IssuedGrant & { attemptId: string }

export type Attempts = {
  /** Commits the attempt, with the audit of its grant. The first one takes the call from approved to executing. */
  start(approved: ApprovedCall, of: { position: Position; isFirst: boolean }): Promise<StartedAttempt>
  /** A new grant in the place of one under which nothing was sent: recorded with the attempt that it belongs to. */
  renew(approved: ApprovedCall, of: { position: Position; attemptId: string }): Promise<StartedAttempt>
}

type Ports = {
  commitStep: CommitStep
  issueGrant: IssueGrant
  /** Who carries the attempts out. */
  holder: { engine: string; run_id: string; epoch: number }
}

export function createAttempts({ commitStep, issueGrant, holder }: Ports): Attempts {
  return {
    start: async (approved, { position, isFirst }) => {
      const { call_id, revision } = approved.call
      const { claims, ...grant } = await issueGrant(approved)
      const attemptId = claims.jti
      await commitStep({
        position,
        facts: async (tx) => {
          await insertAttempt(tx, { call_id, revision, ...holder, grant: claims })
          if (!isFirst) return
          const to = { from: ['approved'], to: 'executing', started_at: new Date() } as const
          if (!(await advanceCall(tx, call_id, to))) {
            throw new LeaseLost(`Call ${call_id} is no longer approved: another engine works on its run`)
          }
        },
        events: isFirst ? [{ type: 'tool.executing', ...callRef(approved.call), args: approved.call.args }] : [],
        audit: [attemptStarted(approved, attemptId), grantIssued(approved, attemptId, claims)],
      })
      return { ...grant, attemptId }
    },
    renew: async (approved, { position, attemptId }) => {
      const { claims, ...grant } = await issueGrant(approved)
      await commitStep({
        position,
        facts: async (tx) => {
          if (!(await renewAttempt(tx, attemptId, claims)))
            throw new LeaseLost(`Attempt ${attemptId} has ended: another engine works on its run`)
        },
        audit: [grantIssued(approved, attemptId, claims)],
      })
      return { ...grant, attemptId }
    },
  }
}

/** The audit's line of a grant; an attempt has several where the first was not taken. */
function grantIssued(approved: ApprovedCall, attempt: string, grant: GrantClaims) {
  const started = attemptStarted(approved, attempt)
  return { ...started, type: 'grant.issued' as const, data: { ...started.data, grant } }
}
