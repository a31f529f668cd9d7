import { tokensOf } from '@fairlead/contract/json/json-pointer'
import { TEXT_LEVEL, tooDeepToChange } from '../../effect/deep-parts.ts'
import { nameForPeople } from '../../effect/effect-object.ts'
import { withoutGenerated } from '../../effect/generated-fields.ts'
import { applyPatch } from '../../effect/json-patch.ts'
import type { JsonPatchOperation } from '../../effect/json-patch-operation.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { unseenAnnotations } from '../../effect/semantic-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget, type Target } from '../discovery/api-resource.ts'
import type { KubeContext } from '../kube-context.ts'
import { asStored } from '../merge/as-stored.ts'
import { schemaProblems } from '../merge/check-schema.ts'
import { refuseProblems } from '../merge/compute-here.ts'
import { mergePatch } from '../merge/merge-patch.ts'
import { strategicMerge } from '../merge/strategic-merge.ts'
import { publishedSchema, type TypeSchema } from '../merge/type-schema.ts'
import { type RequestsPlan, refOf } from '../target/kube-plan.ts'
import type { Write } from '../write.ts'
import { dryRunOrCompute } from './dry-run-or-compute.ts'
import { refuseGuesses } from './refuse-guesses.ts'
import { refuseShown } from './refuse-shown.ts'

export type PatchWrite = Extract<Write, { verb: 'patch' }>

/** What the caller wrote of a patch, where that is not all of it. */
type Said = {
  /** The same operations, marks in place of what came sealed. */
  operations?: readonly JsonPatchOperation[]
  /** None of it: what was there before is put back. */
  putsBack?: true
}

/**
 * What a patch of the object itself would do to it.
 *
 * @param live the object as just read
 */
export async function planPatch(
  target: Target,
  live: KubeObject,
  write: PatchWrite,
  { kube }: Pick<KubeContext, 'kube'>,
  { operations, putsBack }: Said = {},
): Promise<RequestsPlan> {
  const ref = refOf(kube.cluster, target, live)
  if (write.type === 'json' && reachesDepths(write.patch)) throw tooDeepToChange(nameForPeople(ref))
  const said = saidBy(target, live, { write, operations })
  const common = {
    ref,
    target,
    action: 'update',
    before: live,
    writes: [write],
    ...(putsBack ? { putsBack } : { said }),
  } as const
  const here = async () => patchedHere(target, live, write, await publishedSchema(kube, target.resource))
  const { after, untried } = await dryRunOrCompute<{ after: KubeObject; untried?: string }>(
    async () => ({ after: await kube.dryRun(target, write, live) }),
    async (reason) => ({ after: await here(), untried: reason }),
  )
  refuseUnseen(target, live, after)
  if (untried !== undefined)
    return { ...common, after, basis: 'computed', signals: [{ risk: 'medium', reason: untried }] }
  const settled = withoutGenerated(after, { before: live })
  // What the patch itself says is not made up; which that is takes the schema to tell, so it is asked for last.
  const { object, generated } =
    settled.generated.length === 0 ? settled : withoutGenerated(after, { before: live, manifest: await here() })
  return { ...common, after: object, basis: 'server', generated }
}

function saidBy(
  target: Target,
  live: KubeObject,
  { write, operations }: { write: PatchWrite; operations: Said['operations'] },
): unknown {
  if (write.type !== 'json') return write.patch
  refuseGuesses(target, live, write.patch)
  return refuseShown(target, live, { patch: write.patch, said: operations ?? write.patch })
}

/** Nothing can be said there of what is there. */
function reachesDepths(patch: readonly JsonPatchOperation[]): boolean {
  const pointers = patch.flatMap((operation) => [operation.path, ...('from' in operation ? [operation.from] : [])])
  return pointers.some((pointer) => tokensOf(pointer).length >= TEXT_LEVEL)
}

/** What an effect does not show would be written without anybody having read it. */
function refuseUnseen(target: Target, before: KubeObject, after: KubeObject): void {
  const [former, later] = [before.metadata.annotations, after.metadata.annotations]
  const unseen = unseenAnnotations.find((key) => former?.[key] !== later?.[key])
  if (unseen === undefined) return
  throw new ToolError(
    'InvalidArgument',
    `the patch would change the annotation ${unseen} of ${describeTarget(target)}, which its clients and controllers keep for themselves. Leave it out, or as it is.`,
  )
}

function patchedHere(target: Target, live: KubeObject, write: PatchWrite, type: TypeSchema): KubeObject {
  const patched = patchedBy(target, live, write, type)
  refuseProblems(target, schemaProblems(patched, type))
  return asStored(patched, type) as KubeObject
}

function patchedBy(target: Target, live: KubeObject, write: PatchWrite, type: TypeSchema): unknown {
  if (write.type !== 'json') {
    return write.type === 'merge' ? mergePatch(live, write.patch) : strategicMerge(live, write.patch, type)
  }
  try {
    return applyPatch(live, write.patch)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ToolError('Invalid', `${describeTarget(target)} cannot be patched: ${error.message}.`, { cause: error })
  }
}
