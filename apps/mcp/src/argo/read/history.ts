import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { showObject } from '../../kube/show-objects.ts'
import type { Revision } from '../../kube/workloads/rollout-revisions.ts'
import { imagesOf } from '../../kube/workloads/rollout-revisions.ts'
import { ageOf } from '../../output/age.ts'
import { redactObject, redactText } from '../../output/redact.ts'
import { showTable } from '../../output/show-table.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { rolloutTarget } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { revisionsOf, stateOf } from '../shared/replica-sets.ts'
import { asRollout, type Rollout } from '../shared/rollout.ts'

export const argoHistory = defineTool({
  name: 'argo_history',
  title: 'Get Argo Rollout History',
  description: 'List the revisions of a Rollout, or show the pod template of one. To go back use argo_undo.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace, revision: optional('revision', integer(1, Number.POSITIVE_INFINITY), null) }),
  async run({ revision, ...args }, context): Promise<ToolResult> {
    const target = await rolloutTarget(args, context)
    const rollout = asRollout(await context.kube.read(target))
    const revisions = await revisionsOf(context.kube, rollout)
    if (revision === null) return showAll(revisions, rollout, context)
    return { ...showOne(revisions, { revision, target, context }), namespace: target.namespace }
  },
})

const header = ['REVISION', 'REPLICASET', 'STATE', 'REPLICAS', 'IMAGES', 'AGE', 'CHANGE-CAUSE'] as const
const formerRevisions = 'rollout.argoproj.io/revision-history'

function showAll(revisions: readonly Revision[], rollout: Rollout, context: KubeContext): ToolResult {
  const rows = revisions.map(({ revision, keeper, template, cause }) => [
    String(revision),
    keeper.metadata.name,
    stateOf(keeper, rollout),
    String((keeper.status as { replicas?: number } | undefined)?.replicas ?? 0),
    imagesOf(template).join(','),
    ageOf(keeper.metadata.creationTimestamp, context.now()),
    cause ?? '<none>',
  ])
  const below = revisions.flatMap(({ revision, keeper }) => {
    const former = keeper.metadata.annotations?.[formerRevisions]
    return former === undefined ? [] : [`Revision ${revision} was before: ${former}`]
  })
  const { namespace } = rollout.metadata
  return showTable({ header, rows, noun: 'revisions', namespace, hasMore: false, below }, context)
}

type One = { revision: number; target: Target; context: KubeContext }

function showOne(revisions: readonly Revision[], { revision, target, context }: One): ToolResult {
  const found = revisions.find((each) => each.revision === revision)
  if (found === undefined) {
    const known = revisions.map((each) => each.revision).join(', ') || 'none'
    throw new ToolError(
      'NotFound',
      `revision ${revision} of ${describeTarget(target)} not found. Known revisions: ${known}.`,
    )
  }
  const { revealSecrets, maxOutputChars } = context.settings
  const template = redactObject(found.template, { reveal: revealSecrets })
  const cut = showObject(template, 'yaml', { most: maxOutputChars, narrow: 'k8s_get on what keeps it', total: 1 })
  return { output: cut.output, truncated: cut.truncated, data: { revision, cause: redactText(found.cause ?? '') } }
}
