import type { EffectObject } from '@fairlead/contract/effect/effect'
import type { RolloutState } from '../kube/workloads/rollout-state.ts'
import type { WorkloadRules } from '../kube/workloads/workload-rules.ts'
import { type Application, asApplication, type Operation } from './shared/application.ts'

/** Argo CD takes a sync that was asked for up, clears it, and says in the status how far it is. */
export const applicationRules: WorkloadRules = {
  group: 'argoproj.io',
  kind: 'Application',
  stateOf: (live, approved) => stateOf(asApplication(live), approved),
  isConsumed: (path, live, { changes }) => path.startsWith('/operation') && isTakenUp(asApplication(live), { changes }),
}

function stateOf(application: Application, approved: Pick<EffectObject, 'changes'>): RolloutState {
  const { operationState: { phase = '', message = '' } = {} } = application.status
  if (approvedOperation(approved) === undefined) return { done: true, message: phase }
  if (!isTakenUp(application, approved))
    return { done: false, message: 'Waiting: Argo CD has not taken the sync up yet' }
  const said = message === '' ? phase : `${phase} - ${message}`
  if (phase === 'Succeeded') return { done: true, message: said }
  return phase === 'Failed' || phase === 'Error'
    ? { done: false, message: said, error: 'degraded' }
    : { done: false, message: `Waiting: ${said}` }
}

/** Told by the mark that each sync carries; one that somebody else asked for has another. */
function isTakenUp({ operation, status }: Application, approved: Pick<EffectObject, 'changes'>): boolean {
  const mark = markOf(approvedOperation(approved))
  return operation === undefined && mark !== undefined && markOf(status.operationState?.operation) === mark
}

function approvedOperation({ changes }: Pick<EffectObject, 'changes'>): Operation | undefined {
  return changes.find(({ path }) => path === '/operation')?.after as Operation | undefined
}

export const MARK = 'fairlead'

function markOf(operation: Operation | undefined): string | undefined {
  return operation?.info?.find(({ name }) => name === MARK)?.value
}
