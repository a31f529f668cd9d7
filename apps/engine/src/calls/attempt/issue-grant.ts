import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '@fairlead/agent/position'
import { CLOCK_SKEW_SECONDS, GRANT_LIFE_SECONDS, type GrantClaims } from '@fairlead/contract/call/grant'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import type { ProgressNotice } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'
import { commitStep, type Execution } from '../execution.ts'
import { LeaseLost } from '../lease-lost.ts'
import { type ApprovedCall, attemptStarted } from './approved-call.ts'
import { renewAttempt } from './attempts.ts'

/** A grant that may leave the engine once it is on record. */
export type IssuedGrant = {
  token: string
  /** Milliseconds since the epoch: its end. */
  until: number
}

/**
 * How long grants of one attempt are issued anew: a tool server that has begun anew takes them after the allowed skew, and
 * our clock may be behind by as much.
 */
export const LONGEST_RENEWAL_MS = 1000 * (2 * CLOCK_SKEW_SECONDS + GRANT_LIFE_SECONDS)

/** Signs the permit for one approved call; it is not recorded yet. */
export async function issueGrant(
  { context, user }: Execution,
  { call, approval }: ApprovedCall,
): Promise<IssuedGrant & { claims: GrantClaims }> {
  const { token, claims } = await context.grants.signGrant({
    call_id: call.call_id,
    sub: approval.decided_by ?? user.email,
    act: { sub: user.email, groups: [...user.groups] },
    aud: context.settings.grantAudience,
    tool: call.tool,
    final_args_sha256: finalArgsDigest(call.args),
    effect_digest: approval.effect_digest,
    pins: approval.effect.pins,
  })
  return { token, until: claims.exp * 1000, claims }
}

/** A new grant in the place of one under which nothing was sent: recorded with the attempt that it belongs to. */
export async function renewGrant(
  execution: Execution,
  approved: ApprovedCall,
  { position, attemptId }: { position: Position; attemptId: string },
): Promise<IssuedGrant> {
  const { claims, ...grant } = await issueGrant(execution, approved)
  await commitStep(execution, {
    position,
    facts: async (tx) => {
      if (!(await renewAttempt(tx, attemptId, claims))) throw new LeaseLost(execution.claim.run_id)
    },
    audit: [grantIssued(approved, attemptId, claims)],
  })
  return grant
}

/** The audit's line of a grant; an attempt has several where the first was not taken. */
export function grantIssued(approved: ApprovedCall, attempt: string, grant: GrantClaims) {
  const started = attemptStarted(approved, attempt)
  return { ...started, type: 'grant.issued' as const, data: { ...started.data, grant } }
}

/** Why nothing was sent under a grant, though a later one may be good; `from`: that one's earliest time, in milliseconds. */
export type RefusedUnsent = { sentence: string; from: number }

const beforeStart = z.object({ grant_error: z.literal('before_start'), retry_at: z.number() })

/** Undefined for any other answer, and of a server that is not ours: nobody vouches then that nothing was done. */
export function refusedUnsent(answer: CallAnswer, { isOurs }: { isOurs: boolean }): RefusedUnsent | undefined {
  if (answer.kind !== 'answered') return answer.kind === 'late' ? { sentence: answer.sentence, from: 0 } : undefined
  if (!isOurs) return undefined
  const refused = beforeStart.safeParse(answer.structured?.data)
  return refused.success ? { sentence: answer.text, from: refused.data.retry_at * 1000 } : undefined
}

export function waitingNotice({ from }: RefusedUnsent): ProgressNotice {
  const text = `The tool server has begun to remember used grants anew. The write is sent at ${new Date(from).toISOString()}.\n`
  return { seq: 1, stream: 'status', text }
}

/** Resolves at that time by that clock, or when the signal is aborted. */
export async function untilTime(at: number, now: () => number, signal: AbortSignal): Promise<void> {
  while (now() < at && !signal.aborted) {
    const ms = Math.min(1_000, at - now())
    await sleep(ms, undefined, { signal }).catch(() => undefined) // the abort is seen by who asked
  }
}
