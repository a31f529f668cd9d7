import { ApiError } from '../../kube/api-error.ts'
import { describeTarget } from '../../kube/api-resource.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { ToolContext } from '../../tool-context.ts'
import { ToolError } from '../../tool-error.ts'
import { asStored } from './as-stored.ts'
import { schemaProblems } from './check-schema.ts'
import { letGo } from './let-go.ts'
import { mergeApplied } from './merge-applied.ts'
import type { PlacedManifest } from './place-manifests.ts'
import { definedSchema, publishedSchema } from './type-schema.ts'

/** Why an effect is computed here, where a webhook of the cluster has no dry run. */
export const noDryRun = 'a webhook forbids trying it out'

/** Asks the server, and computes `here` when a webhook refuses to be asked. */
export async function orComputed<T>(onServer: () => Promise<T>, here: () => Promise<T>): Promise<T> {
  try {
    return await onServer()
  } catch (error) {
    const isRefused =
      error instanceof ApiError && error.status === 400 && /does not support dry run/.test(error.message)
    if (!isRefused) throw error
    return here()
  }
}

/** A creation as written, checked against the type's schema: the server's own, or the definition's of the same call. */
export async function computedCreation(
  { target, manifest, definition }: PlacedManifest,
  kube: ToolContext['kube'],
): Promise<KubeObject> {
  const type =
    definition === undefined
      ? await publishedSchema(kube, target.resource)
      : definedSchema(definition, target.resource.version)
  refuseProblems(target, schemaProblems(manifest, type))
  return asStored(manifest, type) as KubeObject
}

/** A change as the server would make it: merged by the list keys of the type's schema, less what we let go. */
export async function computedUpdate({
  live,
  placed,
  kube,
  fieldManager,
}: {
  live: KubeObject
  placed: PlacedManifest
  kube: ToolContext['kube']
  fieldManager: string
}): Promise<KubeObject> {
  const { target, manifest } = placed
  const type = await publishedSchema(kube, target.resource)
  refuseProblems(target, schemaProblems(manifest, type))
  const merged = mergeApplied(live, manifest, type)
  return asStored(letGo(merged, { live, manifest, fieldManager }), type) as KubeObject
}

function refuseProblems(target: PlacedManifest['target'], problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ToolError(
    'Invalid',
    `${describeTarget(target)} does not fit its schema: ${problems.slice(0, 10).join('; ')}.`,
  )
}
