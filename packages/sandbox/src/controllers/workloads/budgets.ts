import type { Client } from '../runtime/client.ts'
import { controllerOf } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { isActive, isReady, isSelected, withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { Condition, KubeObject, LabelSelector, Pod } from '../runtime/shapes.ts'
import { portion } from './deployment-limits.ts'

type Budget = KubeObject & {
  spec: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector }
  status: Record<string, unknown> & { conditions?: Condition[] }
}

/** Keeps how many pods a disruption budget lets go. */
export function budgets(client: Client): Controller {
  return {
    name: 'disruption',
    wakes(event) {
      if (event.resource === keys.budgets) return itself(event)
      if (event.resource !== keys.pods) return []
      return client.list(keys.budgets, event.namespace).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    },
    reconcile(namespace, name) {
      const budget = client.get<Budget>(keys.budgets, namespace, name)
      if (budget === undefined) return undefined
      const pods = client
        .list<Pod>(keys.pods, namespace)
        .filter((pod) => isActive(pod) && budget.spec.selector && isSelected(budget.spec.selector, pod))
      const expected = expectedOf(client, pods)
      const healthy = pods.filter(isReady).length
      const { minAvailable, maxUnavailable } = budget.spec
      const desired =
        maxUnavailable === undefined
          ? portion(minAvailable ?? 1, expected, 'up')
          : Math.max(0, expected - portion(maxUnavailable, expected, 'up'))
      const allowed = expected === 0 ? 0 : Math.max(0, healthy - desired)
      const condition: Condition = {
        type: 'DisruptionAllowed',
        status: allowed > 0 ? 'True' : 'False',
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration: budget.metadata.generation,
      }
      client.changeStatus<Budget>(keys.budgets, budget, (status) => ({
        observedGeneration: budget.metadata.generation,
        disruptionsAllowed: allowed,
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
        conditions: withCondition(status.conditions, condition, client.timestamp),
      }))
      return undefined
    },
  }
}

/** How many pods there should be: what their controllers ask for, and bare ones as they are. */
function expectedOf(client: Client, pods: readonly Pod[]): number {
  let sum = 0
  const seen = new Set<string>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    const key = { ReplicaSet: keys.replicaSets, StatefulSet: keys.statefulSets }[owner?.kind ?? '']
    if (owner === undefined || key === undefined) sum++
    else if (!seen.has(owner.uid)) {
      seen.add(owner.uid)
      const found = client.get<KubeObject & { spec: { replicas: number } }>(key, pod.metadata.namespace, owner.name)
      sum += found?.spec.replicas ?? 0
    }
  }
  return sum
}
