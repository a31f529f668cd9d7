import { z } from 'zod'
import type { KubeObject } from '../../effect/kube-object.ts'
import { name, namespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, integer } from '../../input/reader.ts'
import { awaitObject } from '../../kube/await-object.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { redactObject } from '../../output/redact.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { rolloutTarget } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { phaseOf } from '../shared/phase.ts'
import { asRollout, type Rollout } from '../shared/rollout.ts'
import { phaseLine, statusLines } from '../shared/rollout-lines.ts'

export const argoStatus = defineTool({
  name: 'argo_status',
  title: 'Get Argo Rollout Status',
  description:
    'Say how a Rollout is: phase, step, weights, what it waits for. With watch wait until it is Healthy or Degraded.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    name,
    namespace,
    watch: optional('watch', bool, false),
    timeout_seconds: optional('timeout_seconds', integer(1, 270), 60),
  }),
  seconds: ({ watch, timeout_seconds }) => (watch ? timeout_seconds + 20 : 30),
  async run({ watch, timeout_seconds, ...args }, context) {
    const target = await rolloutTarget(args, context)
    const first = await context.kube.read(target)
    const last = watch ? await untilOver(target, first, { context, seconds: timeout_seconds }) : first
    const rollout = asRollout(redactObject(last))
    const { phase, message } = phaseOf(rollout)
    return {
      output: [phaseLine(rollout), ...statusLines(rollout, context.now())].join('\n'),
      namespace: target.namespace,
      data: { phase, message, ...(watch && { done: isOver(rollout) }) },
    }
  },
})

function isOver(rollout: Rollout): boolean {
  const { phase } = phaseOf(rollout)
  return phase === 'Healthy' || phase === 'Degraded'
}

async function untilOver(
  target: Target,
  first: KubeObject,
  { context, seconds }: { context: KubeContext; seconds: number },
): Promise<KubeObject> {
  const { kube, signal, progress } = context
  let said = ''
  const tell = (live: KubeObject): void => {
    const line = phaseLine(asRollout(live))
    if (line !== said) progress('status', `${line}\n`)
    said = line
  }
  tell(first)
  const last = await awaitObject(kube, target, {
    from: first,
    until: (live) => live === undefined || isOver(asRollout(live)),
    signal: AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]),
    seen: tell,
  })
  if (signal.aborted) throw interrupted(signal)
  if (last === undefined) throw new ToolError('NotFound', `${describeTarget(target)} was deleted while it was watched.`)
  tell(last)
  return last
}
