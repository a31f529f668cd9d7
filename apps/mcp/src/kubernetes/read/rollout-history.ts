import { z } from 'zod'
import { name, namespace, requiredRolloutType } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { describeTarget, type Target } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { showObject } from '../../kube/show-objects.ts'
import { imagesOf, type Revision, revisionsOf } from '../../kube/workloads/rollout-revisions.ts'
import { ageOf } from '../../output/age.ts'
import { redactObject, redactText } from '../../output/redact.ts'
import { alignTable } from '../../output/table.ts'
import { cutRows } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'

export const k8sRolloutHistory = defineTool({
  name: 'k8s_rollout_history',
  title: 'View Kubernetes Rollout History',
  description: 'List the revisions of a workload, or show the pod template of one. To go back use k8s_rollout_undo.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    name,
    resource_type: requiredRolloutType,
    namespace,
    revision: optional('revision', integer(1, Number.POSITIVE_INFINITY), null),
  }),
  async run({ name, resource_type, namespace, revision }, context): Promise<ToolResult> {
    const resource = await context.kube.resolve(`${resource_type}s.apps`)
    const target = { resource, name, namespace: namespace ?? context.defaultNamespace }
    const revisions = await revisionsOf(context.kube, await context.kube.read(target))
    const shown = revision === null ? showAll(revisions, context) : showOne(revisions, { revision, target, context })
    return { ...shown, namespace: target.namespace }
  },
})

const columns = ['REVISION', 'CHANGE-CAUSE', 'IMAGES', 'AGE'] as const

function showAll(revisions: readonly Revision[], { settings, now }: KubeContext): ToolResult {
  if (revisions.length === 0) return { output: 'No revisions found.', total_items: 0, returned_items: 0 }
  const rows = revisions.map(({ revision, cause, template, keeper }) =>
    [
      String(revision),
      cause || '<none>',
      imagesOf(template).join(','),
      ageOf(keeper.metadata.creationTimestamp, now()),
    ].map((cell) => redactText(cell)),
  )
  const [header, ...lines] = alignTable(columns, rows)
  const cut = cutRows(header, lines, { most: settings.maxOutputChars, narrow: 'revision' })
  return {
    output: cut.output,
    truncated: cut.truncated,
    total_items: cut.total,
    returned_items: cut.returned,
    data: { rows: rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))) },
  }
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
