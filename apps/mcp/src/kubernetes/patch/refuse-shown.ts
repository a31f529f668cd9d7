import { applyPatch } from '../../effect/json-patch.ts'
import { hiddenTexts, showsMore, textsIn } from '../../effect/shown-secrets.ts'
import { describeTarget, type Target } from '../../kube/api-resource.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import type { JsonPatchOperation } from '../../kube/write.ts'
import { ToolError } from '../../tool-error.ts'

/**
 * Refuses a JSON patch after which everybody would read what nobody may: one that copies or moves the value of a Secret
 * to another place, or takes the telling name from a variable. Nothing is asked for it: even the server's refusal would
 * repeat the value.
 *
 * @param said what the caller itself wrote of the patch; none of it is a secret to the caller
 */
export function refuseShown(
  target: Target,
  live: KubeObject,
  { patch, said }: { patch: readonly JsonPatchOperation[]; said: unknown },
): void {
  const values = patch.map((operation) => ('value' in operation ? operation.value : undefined))
  const secrets = new Set([...hiddenTexts(live), ...textsIn(values)])
  for (const text of textsIn(said)) secrets.delete(text)
  if (secrets.size > 0 && showsMore(live, patched(target, live, patch), secrets)) throw shown(target)
}

/** The same of an object that is made, some of whose values the caller has but sealed. */
export function refuseShownCreation(target: Target, opened: KubeObject, said: unknown): void {
  const secrets = new Set(textsIn(opened))
  for (const text of textsIn(said)) secrets.delete(text)
  if (showsMore(undefined, { ...opened, kind: target.resource.kind }, secrets)) throw shown(target)
}

function shown(target: Target): ToolError {
  return new ToolError(
    'Refused',
    `what ${describeTarget(target)} hides would be written to where everybody reads it. Nothing was asked.`,
  )
}

function patched(target: Target, live: KubeObject, patch: readonly JsonPatchOperation[]): unknown {
  try {
    return applyPatch(live, patch)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ToolError('Invalid', `${describeTarget(target)} cannot be patched: ${error.message}.`, { cause: error })
  }
}
