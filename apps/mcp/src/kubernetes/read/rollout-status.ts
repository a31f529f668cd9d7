import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { name, namespace, rolloutType } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { awaitObject } from '../../kube/await-object.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type RolloutState, rolloutState } from '../../kube/workloads/rollout-state.ts'
import { workloadTrouble } from '../../kube/workloads/workload-trouble.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'

export const k8sRolloutStatus = defineTool({
  name: 'k8s_rollout_status',
  title: 'Check Kubernetes Rollout Status',
  description: 'Wait until the rollout of a Deployment, StatefulSet or DaemonSet is done, or say what it waits for.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    name,
    namespace,
    resource_type: rolloutType,
    timeout_seconds: optional('timeout_seconds', integer(1, 270), 60),
  }),
  // The pods are read once more when the waiting is over.
  seconds: ({ timeout_seconds }) => timeout_seconds + 20,
  async run({ name, namespace, resource_type, timeout_seconds }, context): Promise<ToolResult> {
    const resource = await context.kube.resolve(`${resource_type}s.apps`)
    const target = { resource, name, namespace: namespace ?? context.defaultNamespace }
    const { state, workload } = await lastState(target, context, AbortSignal.timeout(timeout_seconds * 1000))
    if (state.error === 'no-rollout') throw new ToolError('Invalid', `${state.message}.`)
    const data = { done: state.done }
    if (state.done) return { output: state.message, namespace: target.namespace, data }
    const reason = await workloadTrouble(workload, context.kube)
    if (state.error !== undefined)
      throw new ToolError('Timeout', [`${state.message}.`, reason].filter(Boolean).join(' '), { data })
    const output = [state.message, reason].filter(Boolean).join('\n')
    return { output, namespace: target.namespace, data }
  },
})

type Seen = { workload: KubeObject; state: RolloutState }

/** Follows the workload until its rollout is over, one way or the other, or `until` ends the waiting. */
async function lastState(target: Target, { kube, progress, signal }: KubeContext, until: AbortSignal): Promise<Seen> {
  let reported = ''
  const tell = (workload: KubeObject): void => {
    const { message } = rolloutState(workload)
    if (message !== reported) progress('status', `${message}\n`)
    reported = message
  }
  const first = await kube.read(target)
  tell(first)
  const last = await awaitObject(kube, target, {
    from: first,
    until: (live) => live === undefined || !isUnderWay(rolloutState(live)),
    signal: AbortSignal.any([signal, until]),
    seen: tell,
  })
  if (signal.aborted) throw interrupted(signal)
  if (last === undefined) throw new ToolError('NotFound', `${describeTarget(target)} was deleted while it was watched.`)
  tell(last)
  return { workload: last, state: rolloutState(last) }
}

function isUnderWay({ done, error }: RolloutState): boolean {
  return !done && error === undefined
}
