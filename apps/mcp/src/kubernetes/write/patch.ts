import { z } from 'zod'
import { changeWords } from '../../effect/change-words/change-words.ts'
import { changesOf, nameForPeople, shownChanges } from '../../effect/effect-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { requireNameOfKind } from '../../input/names.ts'
import { name, namespace, type } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { oneOf, text } from '../../input/reader.ts'
import { describeTarget, type Target, typeName } from '../../kube/discovery/api-resource.ts'
import { ApiError } from '../../kube/http/api-error.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type PatchWrite, planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { parsePatch, patchTypes } from './patch/parse-patch.ts'

export const k8sPatch = defineTool({
  name: 'k8s_patch',
  title: 'Patch Kubernetes Resource',
  description:
    'Change fields of one object, labels and annotations too. For whole manifests use k8s_apply, for replicas k8s_scale, for images k8s_set_image.',
  changes: 'write',
  openWorld: false,
  input: z.object({
    name,
    resource_type: type,
    patch: required('patch', text(asWritten), { description: 'JSON or YAML' }),
    namespace,
    patch_type: optional('patch_type', oneOf(patchTypes), 'strategic' as const, {
      wireDefault: null,
    }),
  }),
  async plan(args, context): Promise<KubePlan> {
    const write = await parsePatch(args.patch, args.patch_type, context)
    const { kube, settings } = context
    const resource = await kube.resolve(args.resource_type)
    requireNameOfKind('name', args.name, resource.kind)
    const target: Target = {
      resource,
      name: args.name,
      ...(resource.namespaced && { namespace: args.namespace ?? context.defaultNamespace }),
    }
    return {
      namespace: target.namespace,
      objects: [{ plan: () => readConsistently(() => planWithRefusals(target, write, context)) }],
      summary: ([objectPlan]) => {
        if (objectPlan === undefined || isUnchanged(objectPlan)) {
          return `${objectPlan === undefined ? args.name : nameForPeople(objectPlan.ref)} is already as the patch says`
        }
        return changeWords(shownChanges(objectPlan, settings.redactionKey))
      },
      undo: ([objectPlan]) =>
        objectPlan !== undefined && isReleased(objectPlan)
          ? { impossible: 'it is being deleted, and goes with its last finalizer' }
          : revertUndo(objectPlan === undefined ? [] : [objectPlan], settings.redactionKey),
      report: ([objectPlan]) =>
        `${typeName(resource)}/${args.name} patched${isUnchanged(objectPlan) ? ' (no change)' : ''}`,
    }
  },
})

/** The patch is judged as a whole when it is parsed, line by line. */
function asWritten(_parameter: string, value: string): string {
  return value
}

async function planWithRefusals(
  target: Target,
  write: PatchWrite,
  context: Pick<KubeContext, 'kube'>,
): Promise<KubeObjectPlan> {
  const objectPlan = await planPatch(target, await context.kube.read(target), write, context).catch(
    (error: unknown) => {
      throw clearer(error, target)
    },
  )
  if (!isReleased(objectPlan)) return objectPlan
  const released: RiskSignal = {
    risk: 'high',
    reason: `lets ${nameForPeople(objectPlan.ref)} go, which is being deleted`,
  }
  return { ...objectPlan, signals: [...(objectPlan.signals ?? []), released] }
}

/** The server ends the deletion of an object that was only held by what the patch takes away. */
function isReleased({ before, after }: KubeObjectPlan): boolean {
  return before?.metadata.deletionTimestamp !== undefined && (after?.metadata.finalizers ?? []).length === 0
}

/** Custom resources have no merge keys that a strategic patch could go by. */
function clearer(error: unknown, target: Target): unknown {
  if (!(error instanceof ApiError) || error.status !== 415) return error
  return new ToolError('Invalid', `${describeTarget(target)} takes no strategic patch.`, {
    hint: 'Use patch_type merge.',
    cause: error,
  })
}

function isUnchanged(objectPlan: KubeObjectPlan | undefined): boolean {
  return objectPlan !== undefined && changesOf(objectPlan).length === 0
}
