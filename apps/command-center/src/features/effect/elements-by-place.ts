import type { EffectObject } from '@fairlead/contract/effect/effect'
import { pathTokens, readablePath } from '@fairlead/contract/effect/readable-path'
import { pointerOf } from '@fairlead/contract/json/json-pointer'
import { objectName } from '../values/object-name.ts'

/** The list elements that changes lead through, each once, as people read them: `Deployment shop/web: spec.args[2]`. */
export function elementsByPlace(objects: readonly EffectObject[]): string[] {
  const places = objects.flatMap((object) =>
    object.changes.flatMap(({ path }) =>
      pathsAbove(path).map((at) => `${objectName(object)}: ${readablePath(at, object.elements)}`),
    ),
  )
  return [...new Set(places)]
}

/** Pointers to the elements above the end of a path; one that it ends at stands in the change itself. */
function pathsAbove(path: string): string[] {
  const tokens = pathTokens(path)
  return tokens
    .slice(0, -1)
    .flatMap((token, index) => (/^\d+$/.test(token) ? [pointerOf(tokens.slice(0, index + 1))] : []))
}
