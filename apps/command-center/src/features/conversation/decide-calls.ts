import { isUndecided } from '@fairlead/client/conversation/call-status'
import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import { batchRefusal, type DecisionRefusal, decisionRefusal } from '@fairlead/client/decision/decision-refusal'
import { pause } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from './live-core.ts'
import type { BulkDecision, BulkResult, BulkState, DecisionState, RequestState } from './live-state.ts'
import { mayHaveBegun, openRun } from './open-run.ts'
import { until } from './until.ts'

export type Deciding = {
  /** The owner's decision, with the digests of the call as it was drawn. A second one while the first is sent is none. */
  decide(call: CallView, decision: Decision): void
  decideMany(decisions: readonly BulkDecision[]): void
  /** Where decisions go one by one: no further one is sent. */
  stopBulk(): void
  clearBulk(): void
  undo(callId: string): void
}

/** `shown`: the proof that what is hidden was had. */
export type Decision = { approve: boolean; reason?: string; shown?: string }

type Decided = 'taken' | 'refused'

export function createDeciding(core: LiveCore): Deciding {
  const { get, set, ports } = core
  /** Runs that decisions of ours have begun, until they are over. */
  const runOf = new Map<string, string>()

  const setDecision = (callId: string, decision: DecisionState | undefined) => {
    const { [callId]: _, ...rest } = get().decisions
    set({ decisions: decision === undefined ? rest : { ...rest, [callId]: decision } })
  }

  async function decide(call: CallView, { approve, reason, shown }: Decision): Promise<Decided> {
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
  async function recover({ call_id }: CallView, sent: DecisionState): Promise<Decided> {
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

  async function decideMany(decisions: readonly BulkDecision[]): Promise<void> {
    const [first] = decisions
    if (first === undefined || get().bulk?.state === 'sending') return
    const callIds = decisions.map(({ call_id }) => call_id)
    const bulk: BulkState = {
      approve: first.approve,
      callIds,
      state: 'sending',
      done: 0,
      isOneByOne: false,
      results: {},
      error: undefined,
    }
    set({ bulk })
    try {
      const { results } = await ports.api.call('POST /approvals/decisions', { body: { decisions: [...decisions] } })
      const told = Object.fromEntries(results.map((result) => [result.call_id, resultOf(result)]))
      set({ bulk: { ...bulk, state: 'done', done: decisions.length, results: told } })
      for (const result of Object.values(told)) {
        if (result.state === 'refused' && result.refusal.current !== undefined) core.applyItem(result.refusal.current)
      }
      await core.readRecord()
    } catch (error) {
      if (core.closing.aborted) return
      const isAbsent = error instanceof ApiError && (error.status === 404 || error.status === 405)
      if (isAbsent) return await decideOneByOne(decisions, bulk)
      const isKnown = error instanceof ApiError && !mayHaveBegun(error)
      if (!isKnown) await core.readRecord()
      const why = error instanceof ApiError ? error.message : 'The answer could not be read.'
      const text = isKnown ? why : `${why}. The cards say what was decided.`
      set({ bulk: { ...bulk, state: 'done', error: text } })
    }
  }

  /** A server without the endpoint: in the shown order, each when the run of the one before has ended. */
  async function decideOneByOne(decisions: readonly BulkDecision[], bulk: BulkState): Promise<void> {
    let results: Record<string, BulkResult> = {}
    set({ bulk: { ...bulk, isOneByOne: true } })
    for (const [index, decision] of decisions.entries()) {
      const call = findCall(get().view, decision.call_id)
      if (get().bulk?.state === 'stopping' || core.closing.aborted || call === undefined) break
      const end = await decide({ ...call, ...decision }, decision)
      await until(core, ({ view }) => !isRunActive(view), 2 ** 30)
      const refusal = get().decisions[decision.call_id]?.refusal
      const isRefused = end === 'refused' && refusal !== undefined
      results = {
        ...results,
        [decision.call_id]: isRefused
          ? { state: 'refused', refusal }
          : { state: 'decided', status: findCall(get().view, decision.call_id)?.status ?? 'unknown' },
      }
      set({ bulk: { ...bulk, state: get().bulk?.state ?? 'sending', isOneByOne: true, done: index + 1, results } })
      if (isRefused) break
      await pause(ports.clock, core.times.betweenMs, core.closing)
    }
    set({ bulk: { ...bulk, state: 'done', isOneByOne: true, done: Object.keys(results).length, results } })
  }

  const setUndo = (callId: string, undo: RequestState | undefined) => {
    const { [callId]: _, ...rest } = get().undos
    set({ undos: undo === undefined ? rest : { ...rest, [callId]: undo } })
  }

  async function undo(callId: string): Promise<void> {
    setUndo(callId, { state: 'sending' })
    const request = { params: { call_id: callId }, body: { conversation_id: core.id } }
    const opened = await openRun(core, {
      open: (signal) => ports.api.stream('POST /agent/undo/:call_id', { ...request, signal }),
    })
    if (core.closing.aborted) return
    if (opened.state === 'opened') return setUndo(callId, undefined)
    await core.readRecord()
    if (opened.state === 'refused') {
      const { message, requestId } = opened.error
      return setUndo(callId, { state: 'failed', text: message, requestId })
    }
    if (isRunActive(get().view)) return setUndo(callId, undefined)
    const text = 'The connection broke before the undo was proposed.'
    setUndo(callId, { state: 'failed', text, requestId: undefined })
  }

  return {
    decide: (call, decision) => {
      const { decisions, bulk } = get()
      const isBusy = decisions[call.call_id]?.state === 'sending' || (bulk !== undefined && bulk.state !== 'done')
      if (!isBusy) void decide(call, decision)
    },
    decideMany: (decisions) => void decideMany(decisions),
    stopBulk: () => {
      const { bulk } = get()
      if (bulk?.state === 'sending' && bulk.isOneByOne) set({ bulk: { ...bulk, state: 'stopping' } })
    },
    clearBulk: () => {
      if (get().bulk?.state === 'done') set({ bulk: undefined })
    },
    undo: (callId) => {
      if (get().undos[callId]?.state !== 'sending') void undo(callId)
    },
  }
}

type Told = { call_id: string } & ({ status: string } | { error: { status: number; detail: unknown } })

function resultOf(result: Told): BulkResult {
  if ('error' in result) return { state: 'refused', refusal: batchRefusal(result.error) }
  return { state: 'decided', status: result.status }
}
