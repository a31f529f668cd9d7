import { wasStopped } from '@fairlead/agent/abort'
import type { CallFacts } from '@fairlead/agent/call'
import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import { dropPendingApproval } from '../../approvals/announce-decisions.ts'
import type { ClosedCall } from '../../approvals/close-approvals.ts'
import { closePendingApprovals } from '../../approvals/close-pending-approvals.ts'
import { type ApprovalOfCall, readApprovals } from '../../approvals/read-approvals.ts'
import type { Db } from '../../db/database.ts'
import { advanceCall, type CallRow, isUndecided, lockCall, readCalls } from '../../event-log/record/calls.ts'
import type { EndCall } from '../end-call.ts'
import type { CommitStep } from '../run-record.ts'
import type { ApprovalRequests, NewApproval, PendingApproval } from './approval-requests.ts'
import type { EffectToApprove, Previewed, PreviewWrite } from './preview-write.ts'

/**
 * Previews the turn's undecided writes as a batch, then asks a person about the one that the gate has reached. A later
 * write whose preview fails stays as it is: an earlier write may be what it needs.
 */
export type AskApproval = (call: CallRow, turn: readonly CallFacts[], position: Position) => Promise<CallEnd>

type Ports = {
  db: Db
  commitStep: CommitStep
  endCall: EndCall
  previewWrite: PreviewWrite
  requests: ApprovalRequests
  publishCancelled(calls: readonly ClosedCall[]): void
  signal: AbortSignal
}

/** What a call waits for: an approval that was requested before and still holds, or a new one. */
type Wanted = ({ isNew: false } & PendingApproval) | ({ isNew: true; revision: number } & EffectToApprove)

export function createAskApproval(ports: Ports): AskApproval {
  const { db, commitStep, endCall, previewWrite, requests, publishCancelled, signal } = ports

  /** Nobody is asked about a call whose preview fails; everybody who was asked before learns that it is over. */
  async function failPreview(call: CallRow, position: Position, error: string): Promise<CallEnd> {
    let hadApproval = false
    const isEnded = await endCall({
      call,
      position,
      end: { outcome: 'failed', error },
      unless: (tx) => isDecided(tx, call),
      facts: async (tx) => {
        hadApproval = (await closePendingApprovals(tx, [call.call_id])).has(call.call_id)
      },
    })
    if (!isEnded) return 'again'
    publishCancelled([{ ...call, hadApproval }])
    return 'done'
  }

  /** False when somebody has decided the call meanwhile. */
  async function commitWanted(
    call: CallRow,
    wanted: ReadonlyMap<CallRow, Wanted>,
    position: Position,
  ): Promise<boolean> {
    const fresh = new Map<CallRow, NewApproval>()
    for (const [other, own] of wanted) if (own.isNew) fresh.set(other, { ...own, ...(await requests.frameOf(other)) })
    const created = fresh.get(call)
    const pending = wanted.get(call)
    if (pending === undefined)
      throw new Error(`Call ${call.call_id} has neither an effect nor a reason for having none`)
    const isCommitted = await commitStep({
      position,
      unless: (tx) => isDecided(tx, call),
      facts: async (tx) => {
        for (const [other, approval] of fresh) {
          if (await isDecided(tx, other)) continue
          await replaceApproval(tx, other, approval.revision)
          await requests.insert(tx, other, approval)
        }
        await advanceCall(tx, call.call_id, { from: ['pending', 'awaiting_approval'], to: 'awaiting_approval' })
      },
      events: [
        await (created ? requests.eventOfNew(call, created) : requests.eventOfPending(call, stillPending(pending))),
      ],
    })
    if (!isCommitted) return false
    const { revision, expires_at } = created
      ? { revision: created.revision, expires_at: created.expiresAt?.toISOString() ?? null }
      : stillPending(pending).existing
    requests.publishPending(call, { revision, expires_at })
    return true
  }

  return async (call, turn, position) => {
    const turnCalls = await readCalls(
      db,
      turn.map(({ call_id }) => call_id),
    )
    const from = turnCalls.findIndex(({ call_id }) => call_id === call.call_id)
    const undecided = turnCalls
      .slice(from)
      .filter((other) => other.class === 'write' && other.fault === null && isUndecided(other))
    const own = undecided.find(({ call_id }) => call_id === call.call_id)
    // Somebody decided after the gate had read the call.
    if (own === undefined) return 'again'
    const existing = await readApprovals(db, undecided)
    const due = undecided.filter((other) => mustPreview(existing.get(other.call_id), turnCalls, other))
    const previews = await previewBatch(previewWrite, due)
    if (wasStopped(signal)) return 'stopped'
    const first = previews.get(own.call_id)
    if (first !== undefined && 'error' in first) return await failPreview(own, position, first.error)
    const wanted = new Map<CallRow, Wanted>()
    for (const other of undecided) {
      const approval = wantedFor(other, existing.get(other.call_id), previews.get(other.call_id))
      if (approval !== undefined) wanted.set(other, approval)
    }
    return (await commitWanted(own, wanted, position)) ? 'waiting' : 'again'
  }
}

function stillPending(wanted: Wanted): PendingApproval {
  if (wanted.isNew) throw new Error('A new approval is inserted before it is asked for')
  return wanted
}

/** New calls, and those asked about before another write of the turn has run: what they would do may be another thing. */
function mustPreview(existing: ApprovalOfCall | undefined, turn: readonly CallRow[], call: CallRow): boolean {
  if (existing?.effect == null) return true
  const requestedAt = existing.created_at.getTime()
  return turn.some(
    (other) => other.class === 'write' && other.call_id !== call.call_id && hasRunSince(other, requestedAt),
  )
}

function hasRunSince({ started_at, ended_at }: CallRow, time: number): boolean {
  return started_at !== null && ended_at !== null && ended_at.getTime() >= time
}

const MAX_PREVIEWS_AT_ONCE = 4

async function previewBatch(previewWrite: PreviewWrite, calls: readonly CallRow[]): Promise<Map<string, Previewed>> {
  const previews = new Map<string, Previewed>()
  const waiting = [...calls]
  const work = async () => {
    for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) {
      previews.set(call.call_id, await previewWrite(call))
    }
  }
  await Promise.all(Array.from({ length: Math.min(MAX_PREVIEWS_AT_ONCE, calls.length) }, work))
  return previews
}

function wantedFor(
  call: CallRow,
  existing: ApprovalOfCall | undefined,
  previewed: Previewed | undefined,
): Wanted | undefined {
  if (previewed === undefined || 'error' in previewed) {
    if (existing?.effect == null || existing.effect_digest === null) return undefined
    return { isNew: false, effect: existing.effect, effect_digest: existing.effect_digest, existing }
  }
  if (existing === undefined) return { isNew: true, ...previewed, revision: call.revision }
  if (existing.effect_digest === previewed.effect_digest) return { isNew: false, ...previewed, existing }
  return { isNew: true, ...previewed, revision: existing.revision + 1 }
}

async function isDecided(tx: Db, { call_id }: CallRow): Promise<boolean> {
  const current = await lockCall(tx, call_id)
  return current === undefined || !isUndecided(current)
}

/** A new effect takes the place of one that was shown: the old votes are void. */
async function replaceApproval(tx: Db, call: CallRow, revision: number): Promise<void> {
  if (revision === call.revision) return
  await dropPendingApproval(tx, call.call_id, call.revision)
  await advanceCall(tx, call.call_id, {
    from: ['pending', 'awaiting_approval', 'executing'],
    to: call.status === 'pending' ? 'pending' : 'awaiting_approval',
    revision,
  })
}
