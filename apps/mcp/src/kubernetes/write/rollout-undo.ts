import { valueAt } from '@fairlead/contract/json/json-pointer'
import { z } from 'zod'
import { changesOf, nameForPeople } from '../../effect/effect-object.ts'
import { fittedPatch } from '../../effect/json-patch.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { name, namespace, requiredRolloutType } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { describeTarget, type Target, typeName } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type PatchWrite, planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { chooseRevision } from '../../kube/workloads/choose-revision.ts'
import { type Revision, revisionsOf } from '../../kube/workloads/rollout-revisions.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { rolledBackAnnotations } from './rollout-undo/rolled-back-annotations.ts'

export const k8sRolloutUndo = defineTool({
  name: 'k8s_rollout_undo',
  title: 'Rollback Kubernetes Resource',
  description: 'Go back to an earlier revision of a workload. k8s_rollout_history lists them.',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  input: z.object({
    name,
    resource_type: requiredRolloutType,
    namespace,
    to_revision: optional('to_revision', integer(0, Number.POSITIVE_INFINITY), null),
  }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, pins } = context
    const resource = await kube.resolve(`${args.resource_type}s.apps`)
    const target = { resource, name: args.name, namespace: args.namespace ?? context.defaultNamespace }
    const workload = await kube.read(target)
    const revisions = await revisionsOf(kube, workload)
    const { from, to } = chooseRevision(revisions, { requested: args.to_revision, pins, target })
    const steps = `revision ${from.revision} -> ${to.revision}`
    return {
      namespace: target.namespace,
      pins: { from_revision: from.revision, to_revision: to.revision },
      objects: [{ plan: () => readConsistently(() => planRollback(target, workload, to, context)) }],
      summary: ([objectPlan]) => {
        const named = objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)
        return isSame(objectPlan)
          ? `${named} already has the template of revision ${to.revision}`
          : `Roll ${named} back from revision ${from.revision} to ${to.revision}`
      },
      undo: () => ({
        tool: 'k8s_rollout_undo',
        args: {
          name: args.name,
          resource_type: args.resource_type,
          to_revision: from.revision,
          ...(args.namespace !== null && { namespace: args.namespace }),
        },
      }),
      report: ([objectPlan]) => {
        const named = `${typeName(resource)}/${args.name}`
        return isSame(objectPlan) ? `${named} skipped (template already matches)` : `${named} rolled back, ${steps}`
      },
    }
  },
})

function isSame(objectPlan: KubeObjectPlan | undefined): boolean {
  return objectPlan !== undefined && changesOf(objectPlan).length === 0
}

/** `chosenFor`: the workload whose revision was chosen; one made anew under its name has others. */
async function planRollback(
  target: Target,
  chosenFor: KubeObject,
  { template, keeper }: Revision,
  context: Pick<KubeContext, 'kube'>,
): Promise<KubeObjectPlan> {
  const live = await context.kube.read(target)
  if (live.metadata.uid !== chosenFor.metadata.uid) {
    throw new ToolError('Conflict', `${describeTarget(target)} has been deleted and made again.`)
  }
  if (target.resource.kind !== 'Deployment') {
    return planPatch(target, live, revisionPatch(keeper), context, { putsBack: true })
  }
  if (valueAt(live, '/spec/paused') === true) {
    throw new ToolError('Refused', `${describeTarget(target)} is paused: it would not roll back.`, {
      hint: 'Resume it first: k8s_patch with {"spec":{"paused":null}}.',
    })
  }
  const objectPlan = await planPatch(target, live, deploymentPatch(live, template, keeper), context, { putsBack: true })
  const isTemplateSame = !changesOf(objectPlan).some(({ path }) => path.startsWith('/spec/template'))
  return isTemplateSame ? { ...objectPlan, after: live } : objectPlan
}

/** A ControllerRevision keeps the very patch that brings it back. */
function revisionPatch({ data }: KubeObject): PatchWrite {
  return { verb: 'patch', type: 'strategic', patch: data as Record<string, unknown> }
}

function deploymentPatch(live: KubeObject, template: Revision['template'], keeper: KubeObject): PatchWrite {
  const annotations = rolledBackAnnotations(live, keeper)
  const patch = fittedPatch(live, [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ])
  return { verb: 'patch', type: 'json', patch }
}
