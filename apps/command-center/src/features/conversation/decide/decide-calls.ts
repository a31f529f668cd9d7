import { isUndecided } from '@fairlead/client/conversation/call-status'
import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import { type DecisionRefusal, decisionRefusal } from '@fairlead/client/decision/decision-refusal'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from '../live-core.ts'
import type { Decision, DecisionEnd, DecisionState } from '../live-state.ts'
import { openRun } from '../open-run.ts'
import { type BulkDeciding, createBulkDeciding } from './decide-many.ts'

export type Deciding = BulkDeciding & {
  /** The owner's decision, with the digests of the call as it was drawn. A second one while the first is sent is none. */
  decide(call: CallView, decision: Decision): void
}

export function createDeciding(core: LiveCore): Deciding {
  const { get, set, ports } = core
  /** Runs that decisions of ours have begun, until they are over. */
  const runOf = new Map<string, string>()

  const setDecision = (callId: string, decision: DecisionState | undefined) => {
    const { [callId]: _, ...rest } = get().decisions
    set({ decisions: decision === undefined ? rest : { ...rest, [callId]: decision } })
  }

  async function decide(call: CallView, { approve, reason, shown }: Decision): Promise<DecisionEnd> {
    const { call_id, revision, args_digest, effect_digest } = call
    const sent: DecisionState = { approve, reason, revision, state: 'sending', refusal: undefined }
    setDecision(call_id, sent)
    const body = {
      approve,
      conversation_id: core.id,
      ...(reason !== undefined && reason.trim() !== '' && { reason: reason.trim() }),
      ...(shown !== undefined && { shown }),
      ...(args_digest !== undefined && { args_digest }),
      ...(effect_digest !== undefined && { effect_digest }),
    }
    const opened = await openRun(core, {
      open: (signal) => ports.api.stream('POST /agent/approvals/:call_id', { params: { call_id }, body, signal }),
    })
    if (core.closing.aborted) return 'refused'
    if (opened.state === 'opened') {
      runOf.set(call_id, opened.runId)
      settle(get().view)
      return 'taken'
    }
    if (opened.state === 'broken') return await recover(call, sent)
    const refusal = decisionRefusal(opened.error)
    refuse(call_id, sent, refusal)
    return 'refused'
  }

  function refuse(callId: string, sent: DecisionState, refusal: DecisionRefusal): void {
    setDecision(callId, { ...sent, state: 'refused', refusal })
    if (refusal.current !== undefined) core.applyItem(refusal.current)
    else if (refusal.decided !== undefined) void core.readRecord()
    else if (refusal.status === 403 || refusal.status === 404) void core.readCall(callId)
  }

  /** Whether a decision was taken, only the record knows. */
  async function recover({ call_id }: CallView, sent: DecisionState): Promise<DecisionEnd> {
    const end = await core.readRecord()
    const now = findCall(get().view, call_id)
    const isTaken = end === 'read' && (now === undefined || !isUndecided(now) || isRunActive(get().view))
    if (isTaken) {
      setDecision(call_id, undefined)
      return 'taken'
    }
    refuse(call_id, sent, decisionRefusal(new ApiError(0, undefined)))
    return 'refused'
  }

  /** A decision is settled when the fact has come back: the status moved on, or another revision asks. */
  function settle(view: ConversationView): void {
    for (const [callId, decision] of Object.entries(get().decisions)) {
      if (decision.state === 'refused') continue
      const call = findCall(view, callId)
      const isSettled = call === undefined || !isUndecided(call) || (call.revision ?? 1) > (decision.revision ?? 1)
      const run = runOf.get(callId)
      const isRunOver = run !== undefined && (view.run?.id !== run || !isRunActive(view))
      if (isSettled || isRunOver) runOf.delete(callId)
      if (isSettled) setDecision(callId, undefined)
      else if (isRunOver && decision.state === 'sending') {
        const isCounted = call.votes?.some(({ by }) => by === ports.me()) ?? false
        setDecision(callId, isCounted ? { ...decision, state: 'counted' } : undefined)
      }
    }
  }
  core.onApplied((_, after) => settle(after))

  return {
    ...createBulkDeciding(core, { decide }),
    decide: (call, decision) => {
      const { decisions, bulk } = get()
      const isBusy = decisions[call.call_id]?.state === 'sending' || (bulk !== undefined && bulk.state !== 'done')
      if (!isBusy) void decide(call, decision)
    },
  }
}
