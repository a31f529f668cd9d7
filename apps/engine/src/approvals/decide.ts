import { callMessages } from '@fairlead/agent/call-messages'
import type { Required, Vote } from '@fairlead/contract/call/call'
import type { DecisionInput } from '@fairlead/contract/endpoints/approvals'
import { Refusal } from '@fairlead/contract/errors'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { advanceCall, type CallRow, isUndecided, undecidedStatuses } from '../event-log/record/calls.ts'
import { approvals, votes } from './approval.table.ts'
import { findCall } from './find-call.ts'
import {
  type Asking,
  alreadyDecided,
  currentItem,
  type Decidable,
  type DecideContext,
  type Decider,
  findDecidable,
} from './find-decidable.ts'
import { readVotes, shownVotes } from './read-approvals.ts'
import { ownerAlone } from './request-approval.ts'
import { hidesWhatRuns, isShown } from './unmask.ts'

export type Decided = {
  call: CallRow
  owner_id: string
  status: 'approved' | 'denied'
  votes: Vote[]
  required: Required
}

/**
 * Takes a person's decision on one revision of a call. The transition is a compare-and-set: of any number of decisions
 * at once exactly one wins, the others are refused with the state that won. Throws `Refusal`; then nothing has changed.
 */
export async function decide(
  context: DecideContext,
  of: { callId: string; decider: Decider; decision: DecisionInput },
): Promise<Decided> {
  const { db } = context
  const found = await findDecidable(context, of)
  await check(context, { ...of, ...found })
  const won = await write(context, { ...of, ...found })
  if (!won) throw await lostToOther(context, of)
  const { call, origin, approval } = found
  const cast = await readVotes(db, call.call_id, call.revision)
  return {
    call,
    owner_id: origin.user_id,
    status: of.decision.approve ? 'approved' : 'denied',
    votes: shownVotes(cast),
    required: approval?.required ?? ownerAlone,
  }
}

type Case = Decidable & { decider: Decider; decision: DecisionInput }

/** In the order of the wire: the first that fails answers. Rights have been checked, and that it waits. */
async function check(context: DecideContext, { call, approval, origin, decider, decision }: Case): Promise<void> {
  const cast = await readVotes(context.db, call.call_id, call.revision)
  if (cast.some(({ user_id }) => user_id === decider.id)) {
    throw new Refusal('alreadyVoted', { fields: { current: await currentItem(context, call, origin) } })
  }
  if (decision.args_digest && decision.args_digest !== call.args_digest) {
    throw new Refusal('argumentsChanged', { fields: { current: await currentItem(context, call, origin) } })
  }
  if (decision.effect_digest && decision.effect_digest !== approval?.effect_digest) {
    throw new Refusal('effectChanged', { fields: { current: await currentItem(context, call, origin) } })
  }
  if (!decision.approve) return
  if (!approval?.effect) throw new Refusal('effectUnknown')
  if (hidesWhatRuns(approval.effect) && !isShown(context, { call, approval, decider, shown: decision.shown })) {
    const ways = `on the page, by "fairlead approve ${call.call_id} --unmasked", or at GET /approvals/${call.call_id}/unmasked`
    const reason = `A text that would run is hidden. Ask to see what would be written (${ways}), then decide.`
    throw new Refusal('unmaskFirst', { reason, fields: { current: await currentItem(context, call, origin) } })
  }
}

/** False when another decision was first; then nothing is written. */
async function write({ db }: DecideContext, of: Case): Promise<boolean> {
  const { call, decision } = of
  const cast: DecisionRecord = {
    status: decision.approve ? 'approved' : 'denied',
    reason: decision.reason?.trim() || null,
    at: new Date(),
  }
  const end = decision.approve ? {} : { tool_message: callMessages.denied(cast.reason), ended_at: cast.at }
  const lost = new Error('another decision was first')
  try {
    await db.transaction(async (tx) => {
      const isAdvanced = await advanceCall(tx, call.call_id, { from: undecidedStatuses, to: cast.status, ...end })
      if (!isAdvanced || !(await writeApproval(tx, of, cast))) throw lost
      await writeVote(tx, of, cast)
    })
    return true
  } catch (error) {
    if (error === lost) return false
    throw error
  }
}

type DecisionRecord = { status: 'approved' | 'denied'; reason: string | null; at: Date }

/** False when the approval is no longer pending. */
async function writeApproval(
  tx: Db,
  { call, approval, origin, decider }: Case,
  cast: DecisionRecord,
): Promise<boolean> {
  const decided = { status: cast.status, decided_by: decider.email, decided_at: cast.at, reason: cast.reason }
  if (approval === undefined) {
    // A denial needs no effect. Its row is what the record shows of it.
    const row = { call_id: call.call_id, revision: call.revision, conversation_id: call.conversation_id ?? '' }
    const inserted = await tx
      .insert(approvals)
      .values({ ...row, ...origin, required: ownerAlone, policies: [], taint: [], ...decided })
      .onConflictDoNothing()
      .returning({ call_id: approvals.call_id })
    return inserted.length > 0
  }
  const isPending = eq(approvals.status, 'pending')
  const updated = await tx
    .update(approvals)
    .set(decided)
    .where(and(eq(approvals.call_id, call.call_id), eq(approvals.revision, call.revision), isPending))
    .returning({ call_id: approvals.call_id })
  return updated.length > 0
}

async function writeVote(
  tx: Db,
  { call, approval, origin, decider, decision }: Case,
  { reason }: DecisionRecord,
): Promise<void> {
  const { call_id, revision, conversation_id, run_id, tool } = call
  const { approve } = decision
  const digests = { args_digest: call.args_digest, effect_digest: approval?.effect_digest ?? null }
  await tx
    .insert(votes)
    .values({ call_id, revision, user_id: decider.id, email: decider.email, approve, reason, ...digests })
  await recordAudit(tx, {
    actor: decider.email,
    actor_ip: decider.address,
    user_id: origin.user_id,
    ...{ conversation_id, run_id, call_id },
    type: 'approval.decided',
    data: { tool, revision, approve, reason, ...digests },
  })
}

/** Somebody was first: with a decision, or with a new effect to decide about. */
async function lostToOther(context: DecideContext, of: Asking): Promise<Refusal> {
  const { call, origin } = await findCall(context, of.callId, of.decider)
  if (!isUndecided(call)) return await alreadyDecided(context, of)
  return new Refusal('effectChanged', { fields: { current: await currentItem(context, call, origin) } })
}
