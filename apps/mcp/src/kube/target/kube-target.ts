import type { Undo } from '@fairlead/contract/effect/effect'
import type { TargetSystem } from '../../target/target-system.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Caller } from '../caller.ts'
import type { Cluster } from '../cluster.ts'
import { credentialsRefused, touchesCredentials } from '../credentials-namespace.ts'
import { isPreconditionFailure } from '../http/api-error.ts'
import { baseUserAgent, type Kube } from '../kube.ts'
import type { KubeContext } from '../kube-context.ts'
import type { Forwards } from '../pod-streams/forward-ports.ts'
import { createPodStreams } from '../pod-streams/pod-streams.ts'
import type { WorkloadRules } from '../workloads/workload-rules.ts'
import type { KubeObjectPlan, WriteStep } from './kube-plan.ts'
import { accessRequests, rightsOf } from './rights.ts'
import { createObjectSender } from './send-object.ts'
import { surroundingsOf } from './surroundings.ts'
import { verifyObject } from './verify-object.ts'
import { createWriter } from './writer.ts'

export type KubeTargetOptions = {
  cluster: Cluster
  caller: Caller
  context: Pick<KubeContext, 'kube' | 'clusters' | 'settings' | 'signal' | 'progress'>
  /** Secrets of integrations may be written. */
  mayWriteCredentials: boolean
  /** How long one write waits for its answer before its outcome counts as unknown. */
  writeTimeoutMs: number
  /** Undefined where callers are on other machines. */
  forwards: Forwards | undefined
  /** How workloads are verified that are not Kubernetes' own. */
  workloads: readonly WorkloadRules[]
}

/** One cluster, as one caller, for one call: objects of its API, and what is carried out in its pods. */
export function createKubeTarget(options: KubeTargetOptions): TargetSystem<KubeObjectPlan> {
  const { cluster, caller, context, mayWriteCredentials, writeTimeoutMs, forwards, workloads } = options
  const { kube, clusters, settings, signal } = context
  return {
    heading: `Cluster ${cluster.known.cluster} (${cluster.server}), context ${cluster.known.context}`,
    requireNamed: (args) => requireNamedCluster(args, clusters),
    requireWritable: ({ target }) => {
      if (!mayWriteCredentials && touchesCredentials(target, settings)) throw credentialsRefused()
    },
    enforces: (objectPlan) => !('act' in objectPlan),
    isByPosition: (objectPlan) => 'writes' in objectPlan && objectPlan.writes.some(goesByIndex),
    isOvertaken: isPreconditionFailure,
    pins: () => clusterPin(kube),
    surroundings: (objectPlans) => surroundingsOf(kube, objectPlans),
    undoHere: (undo) => inSameCluster(undo, context),
    rights: (users, objectPlans) => rightsOf(users, objectPlans.flatMap(accessRequests), { cluster, signal }),
    async read(objectPlan) {
      if (!('act' in objectPlan)) throw new TypeError('What only reads is carried out in a pod')
      await objectPlan.act.run(createPodStreams({ cluster, caller, userAgent: baseUserAgent }, forwards))
    },
    openSender({ mark, requireTime, warn }) {
      const { fieldManager } = settings
      const userAgent = `${baseUserAgent} ${mark}`
      const who = { cluster, caller, userAgent }
      const writer = createWriter({ ...who, fieldManager, timeoutMs: writeTimeoutMs, requireTime, warn })
      const streams = createPodStreams({ ...who, requireTime }, forwards)
      return createObjectSender({ writer, streams, read: kube.find, warn })
    },
    verify: (object, how) => verifyObject(object, { ...how, context, workloads }),
  }
}

/** A person who confirms reads a name, and should not have to know which cluster is the default. */
function requireNamedCluster({ context }: Readonly<Record<string, unknown>>, clusters: KubeContext['clusters']): void {
  const isNamed = context !== undefined && context !== null
  if (clusters.length === 1 || isNamed) return
  const names = clusters.map(({ name }) => name).toSorted()
  throw new ToolError(
    'InvalidArgument',
    `context is missing: this server has ${clusters.length} clusters, and a write says which one it is for. It is one of ${names.join(', ')}.`,
  )
}

/** A change of field ownership alone is no change by index: an apply that is tried again makes up for it. */
function goesByIndex(write: WriteStep): boolean {
  // The list is put in whole, with what changes at its place.
  if (write.verb === 'update') return true
  if (write.verb !== 'patch' || !('type' in write) || write.type !== 'json') return false
  return write.patch.some(({ path }) => path !== '/metadata/managedFields')
}

/** Left out where it may not be read: it guards against another cluster behind the same address, and is no secret. */
async function clusterPin(kube: Kube): Promise<{ cluster_uid?: string }> {
  try {
    const { metadata } = await kube.get('/api/v1/namespaces/kube-system', { isOwn: true })
    return metadata.uid === undefined ? {} : { cluster_uid: metadata.uid }
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'NotFound')) return {}
    throw error
  }
}

/** Which cluster is the default may change; an undo says where its change was made. */
function inSameCluster(undo: Undo, { kube, clusters }: Pick<KubeContext, 'kube' | 'clusters'>): Undo {
  if (clusters.length === 1 || 'impossible' in undo) return undo
  return { ...undo, args: { ...undo.args, context: kube.cluster } }
}
