import type { Cluster } from '../store/cluster.ts'
import { ApiStatusError, badRequest, notFound } from '../values/api-status-error.ts'
import { cloned, type JsonObject, numberAt, objectAt, put, textAt } from '../values/json.ts'
import { labelsOf, labelTestOf } from '../values/selectors.ts'
import { deleteObject, deleteOptionsOf } from './delete-object.ts'
import type { Target } from './write-object.ts'

const BUDGETS = 'policy/poddisruptionbudgets'

/** Deletes a pod as far as its disruption budget allows. Throws ApiStatusError: 429 when it does not. */
export function evict(cluster: Cluster, target: Target, body: JsonObject): JsonObject {
  const { store } = cluster
  const pod = store.get('/pods', target.namespace, target.name)
  if (pod === undefined) throw notFound(target.resource, target.name)
  const given = textAt(body, 'metadata', 'name')
  if (given !== undefined && given !== target.name) {
    throw badRequest(`name in URL does not match name in Eviction object`)
  }
  const options = deleteOptionsOf(objectAt(body, 'deleteOptions'), new URLSearchParams())
  const isOver = ['Succeeded', 'Failed', 'Pending'].includes(textAt(pod, 'status', 'phase') ?? '')
  const budgets = store
    .list(BUDGETS, target.namespace)
    .filter((each) => labelTestOf(objectAt(each, 'spec').selector)(labelsOf(pod)))
  if (!isOver && !textAt(pod, 'metadata', 'deletionTimestamp')) {
    if (budgets.length > 1) {
      throw new ApiStatusError(
        500,
        'InternalError',
        'Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    }
    const [budget] = budgets
    if (budget) spend(cluster, budget, options.isDryRun === true)
  }
  deleteObject(cluster, target, options)
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
}

function spend({ store }: Cluster, budget: JsonObject, isDryRun: boolean): void {
  const name = textAt(budget, 'metadata', 'name') ?? ''
  const allowed = numberAt(budget, 'status', 'disruptionsAllowed') ?? 0
  if (allowed <= 0) {
    const healthy = numberAt(budget, 'status', 'currentHealthy') ?? 0
    const desired = numberAt(budget, 'status', 'desiredHealthy') ?? 0
    const message = `The disruption budget ${name} needs ${desired} healthy pods and has ${healthy} currently`
    throw new ApiStatusError(
      429,
      'TooManyRequests',
      "Cannot evict pod as it would violate the pod's disruption budget.",
      {
        causes: [{ reason: 'DisruptionBudget', message }],
      },
    )
  }
  if (isDryRun) return
  const next = cloned(budget)
  put(next, ['status', 'disruptionsAllowed'], allowed - 1)
  store.put(BUDGETS, textAt(budget, 'metadata', 'namespace') ?? '', name, next)
}
