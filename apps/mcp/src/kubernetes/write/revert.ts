import { z } from 'zod'
import { changeWords } from '../../effect/change-words/change-words.ts'
import { changesOf, nameForPeople, shownChanges } from '../../effect/effect-object.ts'
import { revertUndo } from '../../effect/revert-undo.ts'
import { required } from '../../input/parameter.ts'
import { text } from '../../input/reader.ts'
import { credentialSignals, requireCredentials } from '../../kube/credentials-namespace.ts'
import { type Target, typeName } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { requireDeletable } from '../../kube/plan/require-deletable.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan, KubePlannedObject } from '../../kube/target/kube-plan.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { planReversion } from './revert/plan-reversion.ts'
import { parseReversions, type Reversion } from './revert/reversions.ts'

export const k8sRevert = defineTool({
  name: 'k8s_revert',
  title: 'Revert Kubernetes Change',
  description:
    'Take back an earlier change: the undo of k8s_apply or k8s_patch, with its `changes` exactly as given there. To write anything else use k8s_apply.',
  changes: 'write',
  idempotent: false,
  openWorld: false,
  // It is the undo of an apply, which may.
  mayWriteCredentials: true,
  input: z.object({
    changes: required(
      'changes',
      text((_parameter, value) => value),
    ),
  }),
  // A hundred objects are written one after another.
  seconds: () => 60,
  async plan({ changes }, context): Promise<KubePlan> {
    const { settings } = context
    const reversions = await Promise.all(
      (await parseReversions(changes, context)).map(async (reversion) => ({
        reversion,
        target: await targetOf(reversion, context),
      })),
    )
    requireCredentials(reversions, settings)
    const namespaces = new Set(reversions.flatMap(({ target }) => target.namespace ?? []))
    return {
      namespace: namespaces.size === 1 ? [...namespaces][0] : undefined,
      objects: reversions.map(
        ({ target, reversion }): KubePlannedObject => ({
          async plan() {
            const objectPlan = await readConsistently(() => planReversion(target, reversion, context))
            requireCredentials([writtenBy(objectPlan)], settings)
            return objectPlan
          },
        }),
      ),
      summary: (objectPlans) => summaryOf(objectPlans, settings.redactionKey),
      undo: (objectPlans) => revertUndo(objectPlans.filter(isChange), settings.redactionKey),
      signals: (objectPlans) => credentialSignals(objectPlans.map(writtenBy), settings),
      report: (objectPlans) => objectPlans.map(lineOf).join('\n'),
    }
  },
})

async function targetOf(reversion: Reversion, { kube, settings }: KubeContext): Promise<Target> {
  const { ref } = reversion
  if (ref.cluster !== kube.cluster) {
    throw new ToolError(
      'InvalidArgument',
      `changes names the cluster "${ref.cluster}". This call acts on "${kube.cluster}".`,
    )
  }
  const resource = await kube.resourceOf(ref)
  if (resource === undefined) {
    throw new ToolError('NotFound', `the server has no kind "${ref.kind}" in "${ref.apiVersion}".`)
  }
  if (resource.namespaced !== (ref.namespace !== undefined)) {
    const word = resource.namespaced ? 'needs a' : 'has no'
    throw new ToolError('InvalidArgument', `changes: a ${ref.kind} ${word} namespace.`)
  }
  const target = { resource, name: ref.name, ...(resource.namespaced && { namespace: ref.namespace }) }
  if ('delete' in reversion) requireDeletable(target, settings)
  return target
}

function writtenBy({ target, after }: KubeObjectPlan) {
  return { target, manifest: after }
}

function isChange(objectPlan: KubeObjectPlan): boolean {
  return objectPlan.action !== 'update' || changesOf(objectPlan).length > 0
}

const words = { create: 'make anew', update: 'change back', delete: 'delete' } as const
const done = { create: 'created', update: 'reverted', delete: 'deleted' } as const

function summaryOf(objectPlans: readonly KubeObjectPlan[], redactionKey: Uint8Array | undefined): string {
  const changed = objectPlans.filter(isChange)
  const [only] = changed
  if (only?.action === 'update' && changed.length === 1) {
    return `Take back: ${changeWords(shownChanges(only, redactionKey))}`
  }
  if (changed.length === 0) return 'Nothing changes: all is as it was before'
  const named = changed.map(({ action, ref }) => `${words[action as keyof typeof words]} ${nameForPeople(ref)}`)
  if (named.length <= 3) return `Take back: ${named.join(', ')}`
  return `Take back: ${named.slice(0, 2).join(', ')} and ${named.length - 2} more objects`
}

function lineOf(objectPlan: KubeObjectPlan): string {
  const word = isChange(objectPlan) ? done[objectPlan.action as keyof typeof done] : 'unchanged'
  return `${typeName(objectPlan.target.resource)}/${objectPlan.target.name} ${word}`
}
