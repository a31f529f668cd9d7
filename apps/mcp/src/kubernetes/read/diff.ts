import { z } from 'zod'
import { changesOf, effectObject } from '../../effect/effect-object.ts'
import { shortDiffs } from '../../effect/yaml-diff.ts'
import { anyNamespace } from '../../input/object-params.ts'
import { required } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import { typeName } from '../../kube/discovery/api-resource.ts'
import { parseManifests } from '../../kube/plan/manifests.ts'
import { placeManifests } from '../../kube/plan/place-manifests.ts'
import { type AppliedPlan, manifestPlanner } from '../../kube/plan/plan-manifest.ts'
import { cutItems } from '../../output/truncate.ts'
import type { ToolResult } from '../../tool/define-tool.ts'
import { defineTool } from '../shared/define-tool.ts'
import { eachOfMany } from '../shared/each-of-many.ts'

export const k8sDiff = defineTool({
  name: 'k8s_diff',
  title: 'Diff Kubernetes Manifest',
  description: 'Show what applying manifests would change, without proposing it.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    content: required(
      'content',
      text((_parameter, value) => value),
    ),
    namespace: anyNamespace,
  }),
  seconds: () => 60,
  async run({ content, namespace }, context): Promise<ToolResult> {
    const { redactionKey, maxOutputChars } = context.settings
    const placed = await placeManifests(await parseManifests(content, context), namespace, context)
    const { found, failures } = await eachOfMany(placed, (each) =>
      // Nothing is taken from anybody by looking at it: what an apply would need force for is marked.
      manifestPlanner(each, context, { forceConflicts: true })(),
    )
    const diffs = shortDiffs(
      found.map((objectPlan) => (isChange(objectPlan) ? (effectObject(objectPlan, redactionKey).diff ?? '') : '')),
    )
    const blocks = found.map((objectPlan, index) =>
      [headOf(objectPlan), diffs[index], ...marksOf(objectPlan)].filter(Boolean).join('\n'),
    )
    const cut = cutItems([...blocks, ...failures], { most: maxOutputChars, narrow: 'fewer manifests' })
    const namespaces = new Set(placed.flatMap(({ target }) => target.namespace ?? []))
    return {
      output: cut.output,
      truncated: cut.truncated,
      ...(namespaces.size === 1 && { namespace: [...namespaces][0] }),
      ...(failures.length > 0 && { error: true }),
      ...(found.some(({ takenOver }) => takenOver.length > 0) && {
        hint: 'k8s_apply takes fields of others over only with force_conflicts:true.',
      }),
      data: { objects: found.map(dataOf) },
    }
  },
})

function isChange(objectPlan: AppliedPlan): boolean {
  return objectPlan.action === 'create' || changesOf(objectPlan).length > 0
}

function headOf(objectPlan: AppliedPlan): string {
  const would =
    objectPlan.action === 'create' ? 'would be created' : isChange(objectPlan) ? 'would change' : 'is as written'
  return `${typeName(objectPlan.target.resource)}/${objectPlan.target.name} ${would}`
}

/** What the diff alone does not say: whose fields these are, and what was computed without the server. */
function marksOf({ takenOver, signals = [], basis }: AppliedPlan): string[] {
  const owned = takenOver.map(({ field, owner }) => `! ${field} belongs to ${JSON.stringify(owner)}`)
  const computed = basis === 'computed' ? signals.filter(({ risk }) => risk === 'medium') : []
  return [...owned, ...computed.map(({ reason }) => `! ${reason}`)]
}

function dataOf(objectPlan: AppliedPlan) {
  const action = isChange(objectPlan) ? objectPlan.action : 'none'
  return { ref: objectPlan.ref, action, basis: objectPlan.basis, owned_by_others: objectPlan.takenOver }
}
