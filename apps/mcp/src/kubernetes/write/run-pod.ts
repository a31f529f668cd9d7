import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import { commandWords, exactWords, requireOneCommand } from '../../input/command-words.ts'
import { image } from '../../input/image.ts'
import { name, namespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { bool, integer, text } from '../../input/reader.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { planCreation } from '../../kube/plan/plan-creation.ts'
import type { KubeObjectPlan, KubePlan, LaterStep } from '../../kube/target/kube-plan.ts'
import { podResource } from '../../kube/workloads/workload-pods.ts'
import type { ObjectWritten } from '../../target/object-written.ts'
import type { Report } from '../../target/plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { endOf, logAndNote, type PodEnd, requireWell, type Watched, wholePod } from '../shared/run-to-end.ts'
import { shownCommand } from '../shared/shown-command.ts'
import { containerOf, deadlineSeconds, podManifest } from './run-pod/pod-manifest.ts'

const input = z.object({
  name,
  image: required('image', text(image)),
  namespace,
  command: optional('command', text(commandWords), null, { description: 'Split into words, no shell' }),
  argv: optional('argv', exactWords, null, { description: 'Exact words, in place of command' }),
  timeout_seconds: optional('timeout_seconds', integer(1, 120), 30),
  keep: optional('keep', bool, false),
})

export const k8sRunPod = defineTool({
  name: 'k8s_run_pod',
  title: 'Run Kubernetes Pod',
  description:
    'Run an image once as a pod of its own, return its log and exit code, and delete it. In a pod that runs use k8s_exec.',
  changes: 'add',
  needs: 'exec',
  idempotent: false,
  openWorld: true,
  input,
  seconds: ({ timeout_seconds }) => timeout_seconds + 60,
  async plan(args, context): Promise<KubePlan> {
    const command = requireOneCommand(args.argv, args.command)
    const used = args.namespace ?? context.defaultNamespace
    const target: Target = { resource: await podResource(context.kube), namespace: used, name: args.name }
    const manager = context.settings.fieldManager
    const manifest = podManifest({ name: args.name, namespace: used, image: args.image, command, manager })
    const run = createRun(target, { context, seconds: args.timeout_seconds, keep: args.keep })
    const what = `${command.length === 0 ? '' : `${shownCommand(command)} in `}image ${args.image}`
    const end = args.keep ? 'and keep it' : 'and delete it at its end'
    return {
      namespace: used,
      objects: [
        {
          async plan(): Promise<KubeObjectPlan> {
            if ((await context.kube.find(target)) !== undefined)
              throw new ToolError('AlreadyExists', `${describeTarget(target)} is there already. Choose another name.`)
            const objectPlan = await planCreation({ target, manifest, namespaceComes: false }, context)
            if ('act' in objectPlan) throw new TypeError('A creation is a request')
            // What runs is the point of it, and has no state to come back to: nothing of it is compared afterwards.
            return { ...objectPlan, action: 'invoke', writes: [...objectPlan.writes.slice(0, 1), ...run.steps] }
          },
        },
      ],
      summary: ([objectPlan]) =>
        `Run ${what} as ${objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)}, ${end}`,
      undo: () => ({ impossible: 'what a pod has done while it ran is not known' }),
      signals: () => [
        { risk: 'high', reason: 'runs an image of its own in the cluster' },
        ...(args.keep ? [] : [{ risk: 'low', reason: 'the pod is deleted when it has ended' } as const]),
      ],
      report: () => run.report(),
      reportFailure: ([written]) => run.report(written),
    }
  },
})

/** The pod's life after its creation, and how it is told. */
function createRun(
  target: Target,
  { context, seconds, keep }: { context: KubeContext; seconds: number; keep: boolean },
): { steps: readonly LaterStep[]; report(written?: ObjectWritten): Report } {
  const watched: Watched = { ...wholePod, container: containerOf(target.name) }
  let end: PodEnd | undefined
  let isDeleting = false
  let isDeleted = false
  const waitAndDelete: LaterStep = {
    ...(!keep && { verb: 'delete' }),
    async next(created) {
      // Asked for anew after a conflict, `live` is what was read since.
      const live = end === undefined ? undefined : created
      end ??= await endOf(target, created, { context, watched, seconds, made: 'the pod was made' })
      if (keep || !(wholePod.hasEnded(end.pod) || end.stuck !== undefined)) return undefined
      isDeleting = true
      return { write: { verb: 'delete', propagationPolicy: 'Background' }, live: live ?? end.pod }
    },
  }
  const judge: LaterStep = {
    next() {
      isDeleted = isDeleting
      if (end !== undefined) requireWell(end)
      if (end?.phase === 'Failed') throw new ToolError('Upstream', 'the pod failed.')
      return undefined
    },
  }
  return {
    steps: [waitAndDelete, judge],
    report: (written) => reportOf(target, { end, isDeleted, written, most: context.settings.maxOutputChars }),
  }
}

function reportOf(
  { name, namespace }: Target,
  {
    end,
    isDeleted,
    written,
    most,
  }: { end: PodEnd | undefined; isDeleted: boolean; written?: ObjectWritten; most: number },
): Report {
  const { outcome, error } = written ?? {}
  if (end === undefined) {
    const why = error?.text ?? `Unknown: ${outcome?.error ?? 'the answer was lost'}`
    return { output: why, code: outcome?.outcome === 'unknown' ? 'Unknown' : error?.code }
  }
  const { phase, exitCode, stuck } = end
  const isOver = wholePod.hasEnded(end.pod) || stuck !== undefined
  const state = [
    phase,
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(stuck === undefined ? [] : [stuck]),
  ]
  const then = isDeleted
    ? 'The pod was deleted.'
    : isOver
      ? 'The pod is kept.'
      : `The pod goes on, at most until ${deadlineOf(end)}; k8s_logs reads it, k8s_delete ends it.`
  const note = `[pod ${namespace}/${name}: ${state.join(', ')}. ${then}]`
  const { output, truncated } = logAndNote(end, note, most)
  return {
    output,
    ...(error !== undefined && { code: error.code }),
    data: { phase, ...(exitCode !== undefined && { exit_code: exitCode }), done: isOver, deleted: isDeleted },
    ...(truncated && { truncated: true }),
  }
}

function deadlineOf({ pod }: PodEnd): string {
  const { startTime } = pod.status ?? {}
  const from = typeof startTime === 'string' ? Date.parse(startTime) : Date.now()
  return new Date(from + deadlineSeconds * 1_000).toISOString()
}
