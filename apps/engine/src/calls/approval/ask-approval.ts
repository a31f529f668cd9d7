import { wasStopped } from '@fairlead/agent/abort'
import type { CallFacts } from '@fairlead/agent/call'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { findTaint } from '@fairlead/agent/taint'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { dropPendingApproval } from '../../approvals/announce-decisions.ts'
import { closePendingApprovals } from '../../approvals/close-pending-approvals.ts'
import { type ApprovalOfCall, readApprovals } from '../../approvals/read-approvals.ts'
import { ownerAlone, requestApproval } from '../../approvals/request-approval.ts'
import type { SealedTexts } from '../../approvals/sealed-texts.ts'
import { wireEffect } from '../../approvals/wire-effect.ts'
import type { Db } from '../../db/database.ts'
import {
  advanceCall,
  type CallRow,
  isUndecided,
  lockCall,
  readCalls,
  readTurnCalls,
} from '../../event-log/record/calls.ts'
import { readEntries } from '../../event-log/record/read-entries.ts'
import { endCall } from '../end-call.ts'
import { commitStep, type Execution, named } from '../execution.ts'
import { publishCancelled } from '../publish-cancelled.ts'
import { type Previewed, previewWrite } from './preview-write.ts'

type Question = {
  effect: Effect
  effect_digest: string
  seals: SealedTexts
  revision: number
  asked: ApprovalOfCall | undefined
}

/**
 * Previews the turn's undecided writes as a batch, then asks a person about the one that the gate has reached. A later
 * write whose preview fails stays as it is: an earlier write may be what it needs.
 */
export async function askApproval(
  execution: Execution,
  call: CallRow,
  turn: readonly CallFacts[],
  position: Position,
): Promise<CallEnd> {
  const turnCalls = await readCalls(
    execution.context.db,
    turn.map(({ call_id }) => call_id),
  )
  const from = turnCalls.findIndex(({ call_id }) => call_id === call.call_id)
  const undecided = turnCalls
    .slice(from)
    .filter((other) => other.class === 'write' && other.fault === null && isUndecided(other))
  // Somebody was quicker than the look that the gate's ruling rests on.
  if (!undecided.some(({ call_id }) => call_id === call.call_id)) return 'again'
  const asked = await readApprovals(execution.context.db, undecided)
  const due = undecided.filter((other) => mustPreview(asked.get(other.call_id), turnCalls, other))
  const previews = await previewBatch(execution, due)
  if (wasStopped(execution.signal)) return 'stopped'

  const first = previews.get(call.call_id)
  if (first !== undefined && 'error' in first) {
    return await failPreview(execution, { call, position, error: first.error })
  }
  const questions = new Map<string, Question>()
  for (const other of undecided) {
    const question = questionOf(other, asked.get(other.call_id), previews.get(other.call_id))
    if (question !== undefined) questions.set(other.call_id, question)
  }
  const question = questions.get(call.call_id)
  if (question === undefined) throw new Error(`Call ${call.call_id} has neither an effect nor a reason for having none`)
  const isAsked = await commitQuestions(execution, { call, question, questions, undecided, position })
  return isAsked ? 'waiting' : 'again'
}

/** Nobody is asked about a call whose preview fails; whoever was asked before learns that it can no longer be decided. */
async function failPreview(
  execution: Execution,
  { call, position, error }: { call: CallRow; position: Position; error: string },
): Promise<CallEnd> {
  let hadApproval = false
  const isEnded = await endCall(execution, {
    call,
    position,
    end: { outcome: 'failed', error },
    unless: (tx) => isDecided(tx, call),
    facts: async (tx) => {
      hadApproval = (await closePendingApprovals(tx, [call.call_id])).has(call.call_id)
    },
  })
  if (!isEnded) return 'again'
  publishCancelled(execution.context.feed, execution.user.id, [{ ...call, hadApproval }])
  return 'done'
}

/** New calls, and those asked about before another write of the turn has run: what they would do may be another thing. */
function mustPreview(asked: ApprovalOfCall | undefined, turn: readonly CallRow[], call: CallRow): boolean {
  if (asked?.effect == null) return true
  const askedAt = asked.created_at.getTime()
  return turn.some((other) => other.class === 'write' && other.call_id !== call.call_id && hasRunSince(other, askedAt))
}

function hasRunSince({ started_at, ended_at }: CallRow, time: number): boolean {
  return started_at !== null && ended_at !== null && ended_at.getTime() >= time
}

const AT_ONCE = 4

async function previewBatch(execution: Execution, calls: readonly CallRow[]): Promise<Map<string, Previewed>> {
  const previews = new Map<string, Previewed>()
  const waiting = [...calls]
  const work = async () => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      previews.set(call.call_id, await previewWrite(execution, call))
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, calls.length) }, work))
  return previews
}

function questionOf(
  call: CallRow,
  asked: ApprovalOfCall | undefined,
  previewed: Previewed | undefined,
): Question | undefined {
  if (previewed === undefined || 'error' in previewed) {
    if (asked?.effect == null || asked.effect_digest === null) return undefined
    return { effect: asked.effect, effect_digest: asked.effect_digest, seals: [], revision: asked.revision, asked }
  }
  if (asked === undefined) return { ...previewed, revision: call.revision, asked: undefined }
  if (asked.effect_digest === previewed.effect_digest) return { ...previewed, revision: asked.revision, asked }
  return { ...previewed, revision: asked.revision + 1, asked: undefined }
}

type Commit = {
  call: CallRow
  question: Question
  questions: ReadonlyMap<string, Question>
  undecided: readonly CallRow[]
  position: Position
}

/** False when somebody has decided the call meanwhile. */
async function commitQuestions(execution: Execution, commit: Commit): Promise<boolean> {
  const { call, question, questions, undecided, position } = commit
  const { claim, user } = execution
  const fresh = undecided.filter(({ call_id }) => questions.get(call_id)?.asked === undefined && questions.has(call_id))
  const taint = new Map<string, Awaited<ReturnType<typeof taintOf>>>()
  for (const other of fresh) taint.set(other.call_id, await taintOf(execution, other))
  const expiresAt = expiry(execution)
  const isAsked = await commitStep(execution, {
    position,
    unless: (tx) => isDecided(tx, call),
    facts: async (tx) => {
      for (const other of fresh) {
        const own = questions.get(other.call_id)
        if (own === undefined || (await isDecided(tx, other))) continue
        await replaceQuestion(tx, other, own)
        await requestApproval(tx, {
          call_id: other.call_id,
          revision: own.revision,
          conversation_id: claim.conversation_id,
          run_id: claim.run_id,
          user,
          request: execution.request,
          tool: other.tool,
          effect: own.effect,
          effect_digest: own.effect_digest,
          seals: own.seals,
          taint: taint.get(other.call_id) ?? [],
          expires_at: expiresAt,
        })
      }
      await advanceCall(tx, call.call_id, { from: ['pending', 'awaiting_approval'], to: 'awaiting_approval' })
    },
    events: [await awaitingEvent(execution, call, { ...question, taint: taint.get(call.call_id), expiresAt })],
  })
  if (!isAsked) return false
  tellPending(execution, call, {
    revision: question.revision,
    expires_at: question.asked === undefined ? (expiresAt?.toISOString() ?? null) : question.asked.expires_at,
  })
  return true
}

/** Whoever can decide the call learns that it waits; nobody has voted yet. */
export function tellPending(
  { claim, user, context }: Execution,
  { call_id, tool, title }: CallRow,
  asked: { revision: number; expires_at: string | null },
): void {
  const about = { call_id, conversation_id: claim.conversation_id, tool, title }
  context.feed.publish(user.id, {
    type: 'approval.pending',
    ...about,
    ...asked,
    given: 0,
    required: ownerAlone.approvers,
  })
}

async function isDecided(tx: Db, { call_id }: CallRow): Promise<boolean> {
  const now = await lockCall(tx, call_id)
  return now === undefined || !isUndecided(now)
}

/** A new effect takes the place of one that was shown: the old votes are void. */
async function replaceQuestion(tx: Db, call: CallRow, { revision }: Question): Promise<void> {
  if (revision === call.revision) return
  await dropPendingApproval(tx, call.call_id, call.revision)
  await advanceCall(tx, call.call_id, {
    from: ['pending', 'awaiting_approval', 'executing'],
    to: call.status === 'pending' ? 'pending' : 'awaiting_approval',
    revision,
  })
}

export function expiry({ context }: Execution): Date | null {
  const { approvalTtlHours } = context.settings
  return approvalTtlHours === 0 ? null : new Date(context.now() + approvalTtlHours * 3_600_000)
}

/** Looked for in what the model was given: what first appeared in tool output is marked on the card. */
export async function taintOf({ context, claim }: Execution, call: CallRow) {
  const { entries, first } = await readEntries(context.db, claim.conversation_id, context.settings.contextMessages)
  return findTaint(call.args, { entries, first, before: call.call_id })
}

/** The event that asks: of a question that was asked before, with what has become of it since. */
export async function awaitingEvent(
  execution: Execution,
  call: CallRow,
  of: Omit<Question, 'seals'> & { taint: Awaited<ReturnType<typeof taintOf>> | undefined; expiresAt: Date | null },
): Promise<RunEventBody> {
  const { asked } = of
  const taint = asked?.taint ?? of.taint ?? []
  return {
    type: 'tool.awaiting_approval',
    ...named(call),
    args: call.args,
    context: {
      conversation_id: execution.claim.conversation_id,
      approval_decisions: await decisionsOfTurn(execution, call),
    },
    args_digest: call.args_digest,
    effect_digest: of.effect_digest,
    effect: wireEffect(of.effect),
    revision: of.revision,
    expires_at: asked === undefined ? (of.expiresAt?.toISOString() ?? null) : asked.expires_at,
    required: asked?.required ?? ownerAlone,
    votes: asked?.votes ?? [],
    policies: asked?.policies ?? [],
    ...(taint.length > 0 && { taint }),
  }
}

async function decisionsOfTurn({ context }: Execution, call: CallRow): Promise<Record<string, boolean>> {
  const turn = await readTurnCalls(context.db, call)
  return Object.fromEntries(
    turn.flatMap(({ call_id, class: kind, status, started_at }): [string, boolean][] => {
      if (kind !== 'write') return []
      if (status === 'denied' || status === 'expired') return [[call_id, false]]
      return status === 'approved' || started_at !== null ? [[call_id, true]] : []
    }),
  )
}
