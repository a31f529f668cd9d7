import type { KubeObject } from '../../effect/kube-object.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { describeTarget } from '../discovery/api-resource.ts'
import type { KubeContext } from '../kube-context.ts'
import type { PlacedManifest } from '../plan/place-manifests.ts'
import { withoutOwnedFields } from '../plan/without-owned-fields.ts'
import { asStored } from './as-stored.ts'
import { schemaProblems } from './check-schema.ts'
import { mergeApplied } from './merge-applied.ts'
import { definedSchema, publishedSchema } from './type-schema.ts'
import { withoutNulls } from './without-nulls.ts'

/** A creation as written, checked against the type's schema: the server's own, or the definition's of the same call. */
export async function computedCreation(
  { target, manifest, definition }: PlacedManifest,
  kube: KubeContext['kube'],
): Promise<KubeObject> {
  const type =
    definition === undefined
      ? await publishedSchema(kube, target.resource)
      : definedSchema(definition, target.resource.version)
  refuseProblems(target, schemaProblems(manifest, type))
  return asStored(type.isBuiltIn ? withoutNulls(manifest) : manifest, type) as KubeObject
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
  kube: KubeContext['kube']
  fieldManager: string
}): Promise<KubeObject> {
  const { target, manifest } = placed
  const type = await publishedSchema(kube, target.resource)
  refuseProblems(target, schemaProblems(manifest, type))
  const merged = mergeApplied(live, manifest, type)
  return asStored(withoutOwnedFields(merged, { live, manifest, fieldManager }), type) as KubeObject
}

export function refuseProblems(target: PlacedManifest['target'], problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ToolError(
    'Invalid',
    `${describeTarget(target)} does not fit its schema: ${problems.slice(0, 10).join('; ')}.`,
  )
}
