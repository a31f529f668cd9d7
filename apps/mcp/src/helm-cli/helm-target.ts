import type { AccessRequest } from '@fairlead/contract/tool/tool-meta'
import { credentialsRefused, touchesCredentials } from '../kube/credentials-namespace.ts'
import { baseUserAgent } from '../kube/kube.ts'
import { rightsOf } from '../kube/target/rights.ts'
import { surroundingsOf } from '../kube/target/surroundings.ts'
import type { TargetSystem } from '../target/target-system.ts'
import type { HelmObjectPlan } from './helm-plan.ts'
import type { HelmTargetOptions } from './helm-target-options.ts'
import type { ReleaseRecords } from './release-records.ts'
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
    rights: async (users, objectPlans) => {
      const { major } = await options.helm.version()
      const ofObjects = objectPlans.flatMap((objectPlan) => accessRequests(objectPlan, major))
      const requests = [...recordRequests(objectPlans, options.helm.records), ...ofObjects]
      return await rightsOf(users, requests, { cluster, signal })
    },
    async read() {
      throw new TypeError('No run of helm only reads')
    },
    openSender: ({ mark, requireTime }) =>
      createHelmSender({ ...options, userAgent: `${baseUserAgent} ${mark}`, requireTime }),
    verify: (object, how) => verifyHelmObject(object, { ...how, ...options }),
  }
}

/** Helm keeps so many revisions where nobody says otherwise. */
const MAX_HISTORY = 10

const verbs = {
  create: 'create',
  update: 'patch',
  restart: 'patch',
  delete: 'delete',
  exec: 'create',
  invoke: 'create',
} as const

/** What becomes of the release's own records; the same for all objects of a plan, which have one act. */
function recordRequests(
  [first]: readonly HelmObjectPlan[],
  { plural }: Pick<ReleaseRecords, 'plural'>,
): AccessRequest[] {
  if (first?.act.what !== 'release') return []
  const { args, makes, deletes, namespace, revision } = first.act
  const isShortened = deletes === 'older' && revision >= MAX_HISTORY
  const isForgotten = deletes === 'all' && !args.includes('--keep-history')
  const verbs = [
    'list',
    ...(makes.length > 0 ? ['create'] : []),
    'update',
    ...(isShortened || isForgotten ? ['delete'] : []),
  ]
  return verbs.map((verb) => ({ verb, group: '', resource: plural, namespace }))
}

function accessRequests({ act, target, action, isTakenBack }: HelmObjectPlan, major: number): AccessRequest[] {
  if (act.what !== 'release' || target === undefined) return []
  const { resource, name } = target
  const verb = verbs[action]
  // Helm 4 makes objects by server-side apply.
  const all = [verb, ...(verb === 'create' && major >= 4 ? ['patch'] : []), ...(isTakenBack ? ['delete'] : [])]
  return all.map((each) => ({
    verb: each,
    group: resource.group,
    resource: resource.plural,
    ...(resource.namespaced && target.namespace !== undefined && { namespace: target.namespace }),
    ...(each !== 'create' && { name }),
  }))
}
