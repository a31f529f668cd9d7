import { withoutGenerated } from '../../effect/generated-fields.ts'
import { fittedPatch, type JsonPatchOperation } from '../../effect/json-patch.ts'
import { type Look, refOf } from '../../gate/plan.ts'
import { describeTarget, type Target } from '../../kube/api-resource.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { headOf, type Write } from '../../kube/write.ts'
import type { ToolContext } from '../../tool-context.ts'
import { ToolError } from '../../tool-error.ts'
import { computedCreation } from '../apply/compute-here.ts'
import { lookAtDeletion } from '../delete/look-at-deletion.ts'
import { noDryRun, orComputed } from '../or-computed.ts'
import { lookAtPatch, type PatchWrite } from '../patch/look-at-patch.ts'
import { openValues } from './open-values.ts'
import type { Reversion } from './reversions.ts'

/** What one entry would do to its object. */
export async function lookAtReversion(target: Target, reversion: Reversion, context: ToolContext): Promise<Look> {
  if ('create' in reversion) return lookAtReturn(target, reversion, context)
  const live = await context.kube.read(target)
  const { uid } = reversion.ref
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw new ToolError(
      'Conflict',
      `${describeTarget(target)} is no longer the object that was changed: it has been deleted and made again.`,
    )
  }
  if ('delete' in reversion) return lookAtDeletion(target, live, { propagationPolicy: 'Background' }, context)
  return lookAtReversePatch(target, live, reversion, context)
}

async function lookAtReversePatch(
  target: Target,
  live: KubeObject,
  { ref, patch }: Extract<Reversion, { patch: unknown }>,
  { kube, settings: { redactionKey } }: ToolContext,
): Promise<Look> {
  const opened = patch.map((operation): JsonPatchOperation => {
    if (operation.op === 'remove') return operation
    return { ...operation, value: openValues(operation.value, operation.path, { ref, redactionKey }) }
  })
  const fitted = fittedPatch(live, opened)
  const write: PatchWrite = { verb: 'patch', type: 'json', patch: fitted, fieldValidation: 'Strict' }
  if (fitted.length > 0) return lookAtPatch(target, live, write, { kube })
  return {
    ref: refOf(kube.cluster, target, live),
    target,
    action: 'update',
    before: live,
    after: live,
    basis: 'server',
    writes: [],
  }
}

/** An object that was deleted comes back, as another one of its name. */
async function lookAtReturn(
  target: Target,
  { ref, create }: Extract<Reversion, { create: unknown }>,
  { kube, settings: { redactionKey } }: ToolContext,
): Promise<Look> {
  const opened = openValues(create, '', { ref, redactionKey }) as KubeObject
  const { namespace: _, ...metadata } = opened.metadata ?? {}
  const manifest: KubeObject = {
    ...opened,
    ...headOf(target.resource),
    metadata: {
      ...metadata,
      name: target.name,
      ...(target.namespace !== undefined && { namespace: target.namespace }),
    },
  }
  const write: Write = { verb: 'create', manifest, fieldValidation: 'Strict' }
  const { after, isComputed } = await orComputed(
    async () => ({ after: await kube.dryRun(target, write), isComputed: false }),
    async () => ({
      after: await computedCreation({ target, manifest, namespaceComes: false }, kube),
      isComputed: true,
    }),
  )
  const { object, generated } = withoutGenerated(after, { manifest })
  return {
    ref: refOf(kube.cluster, target),
    target,
    action: 'create',
    after: object,
    basis: isComputed ? 'computed' : 'server',
    writes: [write],
    signals: isComputed ? [{ risk: 'medium', reason: noDryRun }] : [],
    generated,
  }
}
