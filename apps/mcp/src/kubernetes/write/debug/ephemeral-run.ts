import { randomBytes } from 'node:crypto'
import { nameForPeople } from '../../../effect/effect-object.ts'
import type { RiskSignal } from '../../../effect/risk.ts'
import { describeTarget, type Target } from '../../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { planPatch } from '../../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../../kube/read-consistently.ts'
import type { KubePlan, LaterStep } from '../../../kube/target/kube-plan.ts'
import type { Pod } from '../../../kube/workloads/pod.ts'
import { podResource } from '../../../kube/workloads/workload-pods.ts'
import type { Report } from '../../../target/plan.ts'
import { ToolError } from '../../../tool/tool-error.ts'
import { endOf, ephemeralContainer, logAndNote, type PodEnd, requireWell } from '../../shared/run-to-end.ts'

export type EphemeralRun = {
  pod: string
  namespace: string | null
  image: string
  /** Empty: what the image itself runs. */
  command: readonly string[]
  /** Whose processes it sees; null: only its own. */
  target: string | null
  /** How long its end is waited for. */
  seconds: number
  /** `Debug Pod shop/web`, by the pod's name. */
  summary(pod: string): string
  /** Made of what it has printed, beside the log. */
  read?(log: readonly string[]): Record<string, unknown>
}

/** Adds a container to a pod that runs, and tells what it prints. The pod keeps it: nothing takes one out again. */
export async function planEphemeralRun(run: EphemeralRun, context: KubeContext): Promise<KubePlan> {
  const { kube, pins } = context
  const namespace = run.namespace ?? context.defaultNamespace
  const target: Target = { resource: await podResource(kube), namespace, name: run.pod }
  const container = typeof pins.container === 'string' ? pins.container : `debug-${randomBytes(4).toString('hex')}`
  const life = createLife(target, { context, container, seconds: run.seconds, read: run.read })
  const planNow = async () => {
    const pod = (await kube.read(target)) as Awaited<ReturnType<typeof kube.read>> & Pod
    requireFit(pod, target, run.target)
    const patch = { spec: { ephemeralContainers: [manifestOf(container, run)] } }
    const write = { verb: 'patch', type: 'strategic', patch, subresource: 'ephemeralcontainers' } as const
    const plan = await planPatch(target, pod, write, context)
    return { ...plan, writes: [...plan.writes.slice(0, 1), life.step], signals: [...(plan.signals ?? []), ...signals] }
  }
  return {
    namespace,
    pins: { container },
    objects: [{ plan: () => readConsistently(planNow) }],
    summary: ([objectPlan]) => run.summary(objectPlan === undefined ? run.pod : nameForPeople(objectPlan.ref)),
    undo: () => ({ impossible: 'a container that was added to a pod stays until the pod goes' }),
    report: () => life.report(),
    reportFailure: ([written]) =>
      life.report(written?.error ?? new ToolError('Unknown', written?.outcome.error ?? 'the answer was lost')),
  }
}

const signals: readonly RiskSignal[] = [
  { risk: 'high', reason: 'runs an image of its own in the pod, in its network' },
  { risk: 'low', reason: 'the container stays listed in the pod until the pod goes' },
]

function manifestOf(name: string, { image, command, target }: EphemeralRun) {
  return {
    name,
    image,
    ...(command.length > 0 && { command: [...command] }),
    ...(target !== null && { targetContainerName: target }),
    securityContext: { allowPrivilegeEscalation: false },
  }
}

function requireFit({ spec, status }: Pod, target: Target, container: string | null): void {
  if (status?.phase !== 'Running')
    throw new ToolError('Conflict', `${describeTarget(target)} does not run (${status?.phase ?? 'Pending'}).`)
  const names = (spec?.containers ?? []).map(({ name }) => name)
  if (container !== null && !names.includes(container))
    throw new ToolError(
      'NotFound',
      `${describeTarget(target)} has no container "${container}". It has: ${names.join(', ')}.`,
    )
}

type LifeOptions = { context: KubeContext; container: string; seconds: number; read: EphemeralRun['read'] }

/** The container's life after it was added, and how it is told. */
function createLife(
  target: Target,
  { context, container, seconds, read }: LifeOptions,
): { step: LaterStep; report(error?: ToolError): Report } {
  const watched = ephemeralContainer(container)
  let end: PodEnd | undefined
  const step: LaterStep = {
    async next(patched) {
      end = await endOf(target, patched, { context, watched, seconds, made: 'the container was added' })
      requireWell(end)
      return undefined
    },
  }
  return {
    step,
    report(error) {
      if (end === undefined)
        return { output: error?.text ?? 'nothing was seen of it', ...(error && { code: error.code }) }
      const isOver = watched.hasEnded(end.pod)
      const code = end.exitCode === undefined ? 'goes on; k8s_logs reads it' : `ended with exit code ${end.exitCode}`
      const note = `[container ${container} of pod ${target.namespace}/${target.name} ${end.stuck ?? code}]`
      const { output, truncated } = logAndNote(end, note, context.settings.maxOutputChars)
      return {
        output,
        ...(error !== undefined && { code: error.code }),
        data: {
          container,
          ...(end.exitCode !== undefined && { exit_code: end.exitCode }),
          done: isOver,
          ...read?.(end.log),
        },
        ...(truncated && { truncated: true }),
      }
    },
  }
}
