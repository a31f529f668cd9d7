import type { EffectObject } from '@fairlead/contract/effect/effect'
import type { KubeObject } from '../../effect/kube-object.ts'
import type { RolloutState } from './rollout-state.ts'

/** How one kind of workload is verified that another controller than Kubernetes' own rolls out. */
export type WorkloadRules = {
  group: string
  kind: string
  /** How far it is with what was approved for it. */
  stateOf(live: KubeObject, approved: EffectObject): RolloutState
  /**
   * Whether a change that is not there as it was approved has done what it was for: its controller takes some fields up
   * and clears them.
   */
  isConsumed(path: string, live: KubeObject, approved: Approved): boolean
}

/** What was approved for one object, and the pins of the whole. */
export type Approved = Pick<EffectObject, 'changes'> & { pins: Readonly<Record<string, unknown>> }

export function rulesFor(
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
  rules: readonly WorkloadRules[],
): WorkloadRules | undefined {
  return rules.find((each) => each.kind === kind && apiVersion.startsWith(`${each.group}/`))
}
