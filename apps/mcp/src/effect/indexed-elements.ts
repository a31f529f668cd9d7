import { digestOf } from '@fairlead/contract/json/digest'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { changesOf, type ObjectWrite } from './effect-object.ts'
import { elementNames } from './element-names.ts'
import { maskedValue } from './masked-value.ts'

/**
 * SHA-256 over what the list elements are that the changes of a write lead into: their names, or all that they hold where
 * they have none. A change by index says the same of whatever stands at that place, so what stands there is said
 * beside it. Undefined when no change leads into an element.
 */
export function indexedElements(write: ObjectWrite, redactionKey: Uint8Array | undefined): string | undefined {
  const { before, after } = write
  const paths = changesOf(write).map(({ path }) => path)
  const names = elementNames(paths, before, after)
  const elements = [...new Set(paths.flatMap((path) => elementsAbove(before, path)))].toSorted()
  if (elements.length === 0) return undefined
  return digestOf(elements.map((at) => [at, names[at] ?? maskedValue(before, at, redactionKey, { strength: 'read' })]))
}

/** Pointers to the elements that a path leads through; one that it ends at stands in the change itself. */
function elementsAbove(root: unknown, path: string): string[] {
  const tokens = tokensOf(path)
  return tokens.slice(0, -1).flatMap((_, depth) => {
    const list = valueAt(root, pointerOf(tokens.slice(0, depth)))
    return Array.isArray(list) ? [pointerOf(tokens.slice(0, depth + 1))] : []
  })
}
