import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { findCall, isRunActive } from '@fairlead/client/conversation/selectors'
import { batchRefusal } from '@fairlead/client/decision/decision-refusal'
import { pause } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { LiveCore } from '../live-core.ts'
import type { BulkDecision, BulkResult, BulkState, Decision, DecisionEnd } from '../live-state.ts'
import { mayHaveBegun } from '../open-run.ts'
import { until } from '../until.ts'

export type BulkDeciding = {
  decideMany(decisions: readonly BulkDecision[]): void
  /** Where decisions go one by one: no further one is sent. */
  stopBulk(): void
  clearBulk(): void
}

type BulkPorts = { decide(call: CallView, decision: Decision): Promise<DecisionEnd> }

export function createBulkDeciding(core: LiveCore, { decide }: BulkPorts): BulkDeciding {
  const { get, set, ports } = core

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
      const byCall = Object.fromEntries(results.map((result) => [result.call_id, resultOf(result)]))
      set({ bulk: { ...bulk, state: 'done', done: decisions.length, results: byCall } })
      for (const result of Object.values(byCall)) {
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

  return {
    decideMany: (decisions) => void decideMany(decisions),
    stopBulk: () => {
      const { bulk } = get()
      if (bulk?.state === 'sending' && bulk.isOneByOne) set({ bulk: { ...bulk, state: 'stopping' } })
    },
    clearBulk: () => {
      if (get().bulk?.state === 'done') set({ bulk: undefined })
    },
  }
}

type BatchResult = { call_id: string } & ({ status: string } | { error: { status: number; detail: unknown } })

function resultOf(result: BatchResult): BulkResult {
  if ('error' in result) return { state: 'refused', refusal: batchRefusal(result.error) }
  return { state: 'decided', status: result.status }
}
