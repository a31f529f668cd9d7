import type { ObjectRef } from '@fairlead/contract/effect/effect'
import { z } from 'zod'
import { changesOf } from '../../effect/effect-object.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { nodeName } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, integer, text } from '../../input/reader.ts'
import { labelSelector } from '../../input/selector.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { podResource } from '../../kube/workloads/workload-pods.ts'
import { alignTable } from '../../output/table.ts'
import type { ObjectWritten } from '../../target/object-written.ts'
import type { Report } from '../../target/plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { watchDepartures } from './drain/departures.ts'
import { type DrainRules, type Judged, judgePods, nameOfPod } from './drain/judge-pods.ts'
import { obstacleOf, planEviction } from './drain/plan-eviction.ts'
import { podsOfNode } from './drain/pods-of-node.ts'

const mostSeconds = 270

export const k8sDrain = defineTool({
  name: 'k8s_drain',
  title: 'Drain Kubernetes Node',
  description:
    'Close a node to new pods and evict those on it, as their disruption budgets allow. To close it only use k8s_cordon.',
  changes: 'destroy',
  idempotent: true,
  openWorld: false,
  input: z.object({
    node_name: nodeName,
    ignore_daemonsets: optional('ignore_daemonsets', bool, true),
    delete_emptydir_data: optional('delete_emptydir_data', bool, false),
    timeout_seconds: optional('timeout_seconds', integer(1, mostSeconds), 120),
    grace_period_seconds: optional('grace_period_seconds', integer(1, mostSeconds), null),
    force: optional('force', bool, false, { description: 'Evict pods without a controller too' }),
    pod_selector: optional('pod_selector', text(labelSelector), null),
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 60,
  async plan(args, context): Promise<KubePlan> {
    const { kube, signal } = context
    const node: Target = { resource: await kube.resolve('nodes.v1.'), name: args.node_name }
    const rules: DrainRules = {
      ignoreDaemonsets: args.ignore_daemonsets,
      deleteEmptydirData: args.delete_emptydir_data,
      force: args.force,
    }
    await kube.read(node)
    const judge = async () => judgePods(node.name, await podsOfNode(kube, node.name, args.pod_selector), rules)
    const judged = await judge()
    const named = new Set(judged.evicted.map(({ metadata }) => metadata.uid))
    const until = AbortSignal.any([signal, AbortSignal.timeout(args.timeout_seconds * 1_000)])
    const eviction = {
      pods: await podResource(kube),
      gracePeriodSeconds: args.grace_period_seconds ?? undefined,
      departures: watchDepartures(kube, node.name, until),
      until,
      context,
    }
    const planNode = async (): Promise<KubeObjectPlan> => {
      const patch = { spec: { unschedulable: true } }
      const write = { verb: 'patch', type: 'strategic', patch, fieldValidation: 'Strict' } as const
      return planPatch(node, await kube.read(node), write, context)
    }
    return {
      objects: [
        {
          plan: () => readConsistently(planNode),
          /** What came to the node before it was closed was shown to nobody. */
          async afterWrite() {
            const strangers = (await judge()).evicted.filter(({ metadata }) => !named.has(metadata.uid))
            if (strangers.length === 0) return
            const list = strangers.map(nameOfPod).join(', ')
            throw new ToolError(
              'Conflict',
              `pods have come to the node that the approved drain does not name: ${list}.`,
            )
          },
        },
        ...judged.evicted.map((pod) => planEviction(pod, eviction)),
      ],
      summary: (objectPlans) => summaryOf(node.name, objectPlans, judged),
      undo: () => ({ impossible: 'pods stay where they have gone; k8s_uncordon opens the node again' }),
      signals: () => signalsOf(args, judged),
      report: (objectPlans) => {
        const results = new Map(judged.evicted.map(({ metadata }) => [metadata.uid, 'evicted']))
        const already = isCordoned(objectPlans) ? ' was cordoned already and' : ''
        return `node/${node.name}${already} is drained\n${tableOf(judged, results)}`
      },
      reportFailure: (written) => reportOf(written, { node: node.name, judged, seconds: args.timeout_seconds }),
    }
  },
})

function isCordoned([objectPlan]: readonly KubeObjectPlan[]): boolean {
  return objectPlan !== undefined && changesOf(objectPlan).length === 0
}

function summaryOf(node: string, objectPlans: readonly KubeObjectPlan[], { evicted }: Judged): string {
  if (isCordoned(objectPlans) && evicted.length === 0)
    return `Node ${node} is cordoned already, and has no pods to evict`
  return `Drain Node ${node}: close it to new pods and evict ${evicted.length} ${evicted.length === 1 ? 'pod' : 'pods'}`
}

function signalsOf(
  { delete_emptydir_data, force }: { delete_emptydir_data: boolean; force: boolean },
  { left }: Judged,
): RiskSignal[] {
  return [
    { risk: 'high', reason: 'drains a node' },
    ...(delete_emptydir_data ? [{ risk: 'high', reason: 'what is in emptyDir volumes is lost' } as const] : []),
    ...(force ? [{ risk: 'high', reason: 'pods without a controller do not come back' } as const] : []),
    ...(left.length > 0 ? [{ risk: 'low', reason: `stay on the node: ${left.length} pods` } as const] : []),
  ]
}

/** Of a drain that did not come to its end. */
function reportOf(
  written: readonly ObjectWritten[],
  { node, judged, seconds }: { node: string; judged: Judged; seconds: number },
): Report {
  const pods = written.filter(({ outcome }) => outcome.ref.kind === 'Pod')
  const results = new Map(pods.map((one) => [one.outcome.ref.uid, resultOf(one)]))
  const first = written.map(({ error, blocks }) => error ?? blocks).find((error) => error !== undefined)
  const isOver = pods.some(({ error }) => error !== undefined && (isBlocked(error) || error.code === 'Timeout'))
  const isUnknown = written.some(({ outcome }) => outcome.outcome === 'unknown')
  const gone = pods.filter(({ outcome }) => outcome.outcome === 'succeeded').length
  const count = `${gone} of ${judged.evicted.length} pods are gone`
  const closed = written.every(({ outcome }) => outcome.ref.kind !== 'Node' || outcome.outcome === 'succeeded')
  const stays = closed ? ` Node "${node}" stays cordoned; k8s_uncordon opens it.` : ''
  const why = isOver ? `Timeout: the ${seconds} s are over.` : (first?.text ?? 'Unknown: the answer was lost.')
  return {
    output: `${why} ${count}.${stays}\n${tableOf(judged, results)}`,
    code: isUnknown ? 'Unknown' : isOver ? 'Timeout' : (first?.code ?? 'Internal'),
    data: { done: false },
  }
}

function isBlocked(error: ToolError): boolean {
  return obstacleOf(error) !== undefined
}

function resultOf({ outcome, error }: ObjectWritten): string {
  if (outcome.outcome === 'succeeded') return 'evicted'
  if (error !== undefined && isBlocked(error)) return `blocked by ${obstacleOf(error)}`
  if (error?.code === 'Timeout') return 'terminating'
  return outcome.error ?? outcome.outcome
}

function tableOf({ evicted, left }: Judged, results: ReadonlyMap<ObjectRef['uid'], string>): string {
  const rows = [
    ...evicted.map((pod) => [nameOfPod(pod), results.get(pod.metadata.uid) ?? 'not begun']),
    ...left.map(({ pod, why }) => [nameOfPod(pod), why]),
  ]
  return alignTable(['POD', 'RESULT'], rows).join('\n')
}
