'use client'

import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { useCallback, useRef, useState } from 'react'
import type { BulkDecision, BulkResult, BulkState, DecisionState } from '../conversation/live-state.ts'
import { useApprovalsActions } from '../feed/approvals.ts'
import type { DecideAnswer } from '../feed/approvals-store.ts'

type Decision = { approve: boolean; reason?: string; shown?: string }

export type InboxDecisions = {
  of: (callId: string) => DecisionState | undefined
  bulk: BulkState | undefined
  /** Resolves to whether the call is decided now. A second decision while the first is on its way is none. */
  decide: (item: ApprovalItem, decision: Decision) => Promise<boolean>
  decideMany: (decisions: readonly BulkDecision[]) => Promise<void>
  clearBulk: () => void
}

/** What became of decisions that were sent from the inbox. */
export function useDecisions(): InboxDecisions {
  const actions = useApprovalsActions()
  const [states, setStates] = useState<Readonly<Record<string, DecisionState>>>({})
  const [bulk, setBulk] = useState<BulkState>()
  const sending = useRef(new Set<string>())
  const set = useCallback((callId: string, state: DecisionState | undefined) => {
    setStates(({ [callId]: _, ...rest }) => (state === undefined ? rest : { ...rest, [callId]: state }))
  }, [])

  const decide = async (item: ApprovalItem, decision: Decision): Promise<boolean> => {
    const { call_id, revision } = item
    if (sending.current.has(call_id) || bulk?.state === 'sending') return false
    sending.current.add(call_id)
    const sent: DecisionState = {
      approve: decision.approve,
      reason: decision.reason,
      revision,
      state: 'sending',
      refusal: undefined,
    }
    set(call_id, sent)
    try {
      const answer = await actions.decide(item, decision)
      set(call_id, stateOf(answer, sent))
      return answer.state === 'decided'
    } catch (error) {
      set(call_id, { ...sent, state: 'refused', refusal: lost(error) })
      return false
    } finally {
      sending.current.delete(call_id)
    }
  }

  const decideMany = async (decisions: readonly BulkDecision[]): Promise<void> => {
    const [first] = decisions
    if (first === undefined || bulk?.state === 'sending') return
    const begun: BulkState = {
      approve: first.approve,
      callIds: decisions.map(({ call_id }) => call_id),
      state: 'sending',
      done: 0,
      isOneByOne: false,
      results: {},
      error: undefined,
    }
    setBulk(begun)
    try {
      const answers = await actions.decideMany(decisions)
      const results = Object.entries(answers).map(([callId, answer]) => [callId, resultOf(answer)] as const)
      setBulk({ ...begun, state: 'done', done: results.length, results: Object.fromEntries(results) })
    } catch (error) {
      setBulk({ ...begun, state: 'done', error: `Nothing was decided: ${textOf(error)}` })
    }
  }

  return { of: (callId) => states[callId], bulk, decide, decideMany, clearBulk: () => setBulk(undefined) }
}

function stateOf(answer: DecideAnswer, sent: DecisionState): DecisionState | undefined {
  if (answer.state === 'decided') return undefined
  if (answer.state === 'counted') return { ...sent, state: 'counted' }
  return { ...sent, state: 'refused', refusal: answer.refusal }
}

function resultOf(answer: DecideAnswer): BulkResult {
  if (answer.state === 'refused') return answer
  return { state: 'decided', status: answer.state === 'counted' ? 'awaiting_approval' : answer.status }
}

function lost(error: unknown): NonNullable<DecisionState['refusal']> {
  return {
    text: textOf(error),
    detail: textOf(error),
    status: 0,
    code: undefined,
    isChanged: false,
    decided: undefined,
    current: undefined,
    mayDecideAgain: true,
    requestId: undefined,
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
