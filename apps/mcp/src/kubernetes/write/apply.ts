import { z } from 'zod'
import { changeWords } from '../../effect/change-words/change-words.ts'
import { changesOf, nameForPeople, shownChanges } from '../../effect/effect-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import type { RiskSignal } from '../../effect/risk.ts'
import { anyNamespace } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { asWritten } from '../../input/plain-word.ts'
import { bool, text } from '../../input/reader.ts'
import { credentialSignals, requireCredentials } from '../../kube/credentials-namespace.ts'
import { typeName } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { parseManifests } from '../../kube/plan/manifests.ts'
import { isDefinition, type PlacedManifest, placeManifests } from '../../kube/plan/place-manifests.ts'
import { manifestPlanner } from '../../kube/plan/plan-manifest.ts'
import type { KubeObjectPlan, KubePlan, KubePlannedObject } from '../../kube/target/kube-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { untilEstablished } from './apply/until-established.ts'

export const k8sApply = defineTool({
  name: 'k8s_apply',
  title: 'Apply Kubernetes Manifest',
  description:
    'Create objects from YAML or JSON manifests, or change them to what the manifests say (server-side apply). To change only the number of replicas use k8s_scale.',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  mayWriteCredentials: true,
  input: z.object({
    content: required('content', text(asWritten)),
    namespace: anyNamespace,
    force_conflicts: optional('force_conflicts', bool, false),
  }),
  // A hundred objects are written one after another.
  seconds: () => 60,
  async plan({ content, namespace, force_conflicts: forceConflicts }, context): Promise<KubePlan> {
    const placed = await placeManifests(await parseManifests(content, context), namespace, context)
    requireCredentials(placed, context.settings)
    const namespaces = new Set(placed.flatMap(({ target }) => target.namespace ?? []))
    return {
      namespace: namespaces.size === 1 ? [...namespaces][0] : undefined,
      objects: placed.map((each) => plannedApply(each, context, { forceConflicts })),
      summary: (objectPlans) => summaryOf(objectPlans, context.settings.redactionKey),
      undo: (objectPlans) => revertUndo(objectPlans.filter(isChange), context.settings.redactionKey),
      signals: (objectPlans) => signalsOf({ placed, forceConflicts, objectPlans, context }),
      report: (objectPlans) => objectPlans.map(lineOf).join('\n'),
    }
  },
})

function plannedApply(
  placed: PlacedManifest,
  context: KubeContext,
  options: { forceConflicts: boolean },
): KubePlannedObject {
  const { target, manifest } = placed
  return {
    plan: manifestPlanner(placed, context, options),
    ...(isDefinition(manifest) && { afterWrite: () => untilEstablished(target, context) }),
  }
}

function signalsOf({
  placed,
  forceConflicts,
  objectPlans,
  context,
}: {
  placed: readonly PlacedManifest[]
  forceConflicts: boolean
  objectPlans: readonly KubeObjectPlan[]
  context: KubeContext
}): RiskSignal[] {
  const credentials = credentialSignals(placed, context.settings)
  if (!forceConflicts || !objectPlans.some(isChange)) return credentials
  return [...credentials, { risk: 'high', reason: 'takes fields over from whoever else owns them (force_conflicts)' }]
}

function isChange(objectPlan: KubeObjectPlan): boolean {
  return objectPlan.action === 'create' || changesOf(objectPlan).length > 0
}

function summaryOf(objectPlans: readonly KubeObjectPlan[], redactionKey: Uint8Array | undefined): string {
  const changed = objectPlans.filter(isChange)
  const [only] = changed
  if (only?.action === 'update' && changed.length === 1) return changeWords(shownChanges(only, redactionKey))
  const words = changed.map(({ action, ref }, index) => {
    const verb = action === 'create' ? 'Create' : 'Change'
    return `${index === 0 ? verb : verb.toLowerCase()} ${nameForPeople(ref)}`
  })
  if (words.length === 0)
    return `Nothing changes: ${objectPlans.length === 1 ? 'the object is' : `all ${objectPlans.length} objects are`} as written`
  if (words.length <= 3) return words.join(', ')
  return `${words.slice(0, 2).join(', ')} and ${words.length - 2} more objects`
}

function lineOf(objectPlan: KubeObjectPlan): string {
  const done = objectPlan.action === 'create' ? 'created' : isChange(objectPlan) ? 'configured' : 'unchanged'
  return `${typeName(objectPlan.target.resource)}/${objectPlan.target.name} ${done}`
}
