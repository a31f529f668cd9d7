import { setTimeout as sleep } from 'node:timers/promises'
import type { RiskSignal } from '../../../effect/risk.ts'
import type { ApiResource, Target } from '../../../kube/discovery/api-resource.ts'
import { ApiError } from '../../../kube/http/api-error.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { dryRunOrCompute } from '../../../kube/plan/dry-run-or-compute.ts'
import { readConsistently } from '../../../kube/read-consistently.ts'
import { type KubeObjectPlan, type KubePlannedObject, refOf } from '../../../kube/target/kube-plan.ts'
import type { Write } from '../../../kube/write.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import type { Departures } from './departures.ts'
import { type NodePod, nameOfPod } from './judge-pods.ts'

export type EvictionOptions = {
  pods: ApiResource
  gracePeriodSeconds: number | undefined
  departures: Departures
  /** The time that the drain has. */
  until: AbortSignal
  context: KubeContext
}

const PAUSE_MS = 5_000

/** The eviction of one pod as it was found: of that one, never of another by its name. */
export function planEviction(pod: NodePod, options: EvictionOptions): KubePlannedObject {
  const { kube, progress } = options.context
  const { namespace, name } = pod.metadata
  const target: Target = { resource: options.pods, namespace, name }
  const eviction: Write = { verb: 'evict', gracePeriodSeconds: options.gracePeriodSeconds }
  let reported = ''
  const tell = (line: string): void => {
    if (line !== reported) progress('status', `${line}\n`)
    reported = line
  }
  const objectPlan = {
    ref: refOf(kube.cluster, target, pod),
    target,
    action: 'delete',
    before: pod,
    basis: 'server',
  } as const
  const waitOut = async (refusal: ToolError): Promise<boolean> => {
    const obstacle = obstacleOf(refusal)
    if (obstacle === undefined) return false
    tell(`Pod ${nameOfPod(pod)}: blocked by ${obstacle}`)
    await sleep(PAUSE_MS, undefined, { signal: options.until }).catch(() => undefined)
    return !options.until.aborted
  }
  const leave = async (): Promise<undefined> => {
    tell(`Pod ${nameOfPod(pod)}: terminating`)
    if (!(await options.departures.untilGone(pod.metadata.uid ?? '')))
      throw new ToolError('Timeout', 'the pod was evicted and is still terminating.')
  }
  return {
    isIndependent: true,
    plan: () =>
      readConsistently(async (): Promise<KubeObjectPlan> => {
        const live = await kube.find(target)
        // Gone, or another one of the name: what was wanted has come about.
        if (live?.metadata.uid !== pod.metadata.uid) return { ...objectPlan, writes: [] }
        const tried = await dryRunOrCompute<Tried>(
          async () => ({ obstacle: await obstacleTo(() => kube.dryRun(target, eviction, live)) }),
          async (untried) => ({ untried }),
        )
        if (tried.obstacle === 'gone') return { ...objectPlan, writes: [] }
        return {
          ...objectPlan,
          before: live,
          basis: tried.untried === undefined ? 'server' : 'computed',
          writes: [eviction, { next: leave }],
          waitOut,
          signals: signalsOf(pod, tried),
        }
      }),
  }
}

/** What the dry run came to: what stands in the way, or why there was none. */
type Tried = { obstacle?: string; untried?: string }

function signalsOf(pod: NodePod, { obstacle, untried }: Tried): RiskSignal[] {
  return [
    ...(obstacle === undefined
      ? []
      : [{ risk: 'medium', reason: `${nameOfPod(pod)} is blocked now by ${obstacle}` } as const]),
    ...(untried === undefined ? [] : [{ risk: 'medium', reason: untried } as const]),
  ]
}

/** What stands in the way of an eviction now and may give way later. */
async function obstacleTo(dryRun: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await dryRun()
    return undefined
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    if (error.code === 'NotFound') return 'gone'
    const obstacle = obstacleOf(error)
    if (obstacle === undefined) throw error
    return obstacle
  }
}

/**
 * What a refused eviction waits for: `pdb/web`, as the server names it, that it has less to do, or the end of the pod's
 * namespace, in which nothing is evicted any more since all of it goes. Undefined for any other refusal.
 */
export function obstacleOf(refusal: ToolError): string | undefined {
  const causes = refusal instanceof ApiError ? refusal.causes : []
  if (causes.some(({ reason }) => reason === 'NamespaceTerminating')) return 'the end of its namespace'
  if (refusal.code !== 'TooManyRequests') return undefined
  if (causes.every(({ reason }) => reason !== 'DisruptionBudget')) return 'the load of the API server'
  const said = causes.map(({ message = '' }) => message).join(' ')
  const named = /disruption budget ([a-z0-9.-]+)/i.exec(said)?.[1]
  return named === undefined ? 'a disruption budget' : `pdb/${named}`
}
