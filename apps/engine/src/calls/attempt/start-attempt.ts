import type { Position } from '@fairlead/agent/position'
import { advanceCall } from '../../event-log/record/calls.ts'
import { commitStep, type Execution, named } from '../execution.ts'
import { LeaseLost } from '../lease-lost.ts'
import { type ApprovedCall, attemptStarted } from './approved-call.ts'
import { insertAttempt } from './attempts.ts'
import { grantIssued, type IssuedGrant, issueGrant } from './issue-grant.ts'

export type StartedAttempt = IssuedGrant & { attemptId: string }

/** Commits the attempt, with the audit of its grant, and takes the call from approved to executing. */
export async function startAttempt(
  execution: Execution,
  approved: ApprovedCall,
  { position, isFirst }: { position: Position; isFirst: boolean },
): Promise<StartedAttempt> {
  const { context, claim } = execution
  const { call } = approved
  const { claims, ...grant } = await issueGrant(execution, approved)
  const attempt = { call_id: call.call_id, revision: call.revision, run_id: claim.run_id }
  const attemptId = claims.jti
  await commitStep(execution, {
    position,
    facts: async (tx) => {
      await insertAttempt(tx, { ...attempt, engine: context.engineId, epoch: claim.epoch, grant: claims })
      if (!isFirst) return
      const to = { from: ['approved'], to: 'executing', started_at: new Date() } as const
      if (!(await advanceCall(tx, call.call_id, to))) throw new LeaseLost(claim.run_id)
    },
    events: isFirst ? [{ type: 'tool.executing', ...named(call), args: call.args }] : [],
    audit: [attemptStarted(approved, attemptId), grantIssued(approved, attemptId, claims)],
  })
  return { ...grant, attemptId }
}
