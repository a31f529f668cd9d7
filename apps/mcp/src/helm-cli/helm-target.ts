import type { AccessRequest } from '@fairlead/contract/tool/tool-meta'
import { credentialsRefused, touchesCredentials } from '../kube/credentials-namespace.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { rightsOf } from '../kube/target/rights.ts'
import { surroundingsOf } from '../kube/target/surroundings.ts'
import type { TargetSystem } from '../target/target-system.ts'
import type { HelmObjectPlan } from './helm-plan.ts'
import type { HelmTargetOptions } from './helm-target-options.ts'
import { createHelmSender } from './send-release.ts'
import { verifyHelmObject } from './verify-release.ts'

/** Releases of one cluster, and the chart repositories of this replica, for one call. */
export function createHelmTarget(options: HelmTargetOptions): TargetSystem<HelmObjectPlan> {
  const { cluster, kubeTarget, context } = options
  const { kube, settings, signal } = context
  return {
    heading: kubeTarget.heading,
    requireNamed: kubeTarget.requireNamed,
    requireWritable: ({ ref, target }) => {
      const isOfCredentials = ref.namespace !== undefined && ref.namespace === settings.credentialsNamespace
      if (isOfCredentials || (target !== undefined && touchesCredentials(target, settings))) throw credentialsRefused()
    },
    // Nothing is locked across processes, and nobody compares the objects of a chart.
    enforces: () => false,
    isByPosition: () => false,
    isOvertaken: () => false,
    pins: kubeTarget.pins,
    surroundings: (objectPlans) => surroundingsOf(kube, objectPlans),
    undoHere: kubeTarget.undoHere,
    rights: (users, objectPlans) => rightsOf(users, objectPlans.flatMap(accessRequests), { cluster, signal }),
    async read() {
      throw new TypeError('No run of helm only reads')
    },
    openSender: ({ mark, requireTime }) =>
      createHelmSender({ ...options, userAgent: `${baseUserAgent} ${mark}`, requireTime }),
    verify: (object, how) => verifyHelmObject(object, { ...how, ...options }),
  }
}

const verbs = {
  create: 'create',
  update: 'patch',
  restart: 'patch',
  delete: 'delete',
  exec: 'create',
  invoke: 'create',
} as const

function accessRequests({ act, target, action, ref: { namespace } }: HelmObjectPlan): AccessRequest[] {
  if (act.what !== 'release') return []
  // The release itself is its record.
  if (target === undefined)
    return ['create', 'update'].map((verb) => ({ verb, group: '', resource: 'secrets', namespace }))
  const { resource, name } = target
  const verb = verbs[action]
  return [
    {
      verb,
      group: resource.group,
      resource: resource.plural,
      ...(resource.namespaced && target.namespace !== undefined && { namespace: target.namespace }),
      ...(verb !== 'create' && { name }),
    },
  ]
}
