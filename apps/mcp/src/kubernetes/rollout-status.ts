import { z } from 'zod'
import { defineTool, type ToolResult } from '../define-tool.ts'
import { optional } from '../input/parameter.ts'
import { integer } from '../input/reader.ts'
import type { Target } from '../kube/api-resource.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import type { ToolContext } from '../tool-context.ts'
import { ToolError } from '../tool-error.ts'
import { endedBy } from './ended-by.ts'
import { name, namespace, rolloutType } from './params.ts'
import { type RolloutState, rolloutState } from './rollout-state.ts'
import { workloadTrouble } from './workload-trouble.ts'

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
async function lastState(target: Target, context: ToolContext, until: AbortSignal): Promise<Seen> {
  let seen = await look(target, context)
  while (isUnderWay(seen) && !until.aborted) {
    for await (const workload of changesOf(target, seen.workload, context, until)) {
      const state = rolloutState(workload)
      if (state.message !== seen.state.message) context.progress('status', `${state.message}\n`)
      seen = { workload, state }
      if (!isUnderWay(seen)) return seen
    }
    // The server ends a watch when it likes; what happened in between is read.
    if (!until.aborted) seen = await look(target, context)
  }
  return seen
}

async function look(target: Target, { kube, progress }: ToolContext): Promise<Seen> {
  const workload = await kube.read(target)
  const state = rolloutState(workload)
  progress('status', `${state.message}\n`)
  return { workload, state }
}

function isUnderWay({ state }: Seen): boolean {
  return !state.done && state.error === undefined
}

async function* changesOf(
  { resource, name, namespace }: Target,
  seen: KubeObject,
  { kube, signal }: ToolContext,
  until: AbortSignal,
) {
  const watched = kube.watch(resource, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: seen.metadata.resourceVersion,
    signal: until,
  })
  for await (const event of endedBy(watched, until, signal)) {
    if (event.type === 'ERROR') return
    if (event.type === 'DELETED')
      throw new ToolError('NotFound', `${resource.singular} "${name}" was deleted while it was watched.`)
    yield event.object
  }
}
