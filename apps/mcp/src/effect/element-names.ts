import type { EffectObject } from '@fairlead/contract/effect/effect'
import { nameUnder, namingKey } from '@fairlead/contract/effect/element-name'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'

/**
 * What the list elements are called that `paths` lead through: an index says nothing to who reads it. An element that
 * is called one thing before and another after is left out, as is one that only its index tells from the others.
 */
export function elementNames(
  paths: readonly string[],
  before: unknown,
  after: unknown,
): NonNullable<EffectObject['elements']> {
  const elements: NonNullable<EffectObject['elements']> = {}
  /** By the pointer to both of them: what names their elements takes a look at each, and paths may be as many. */
  const seen = new Map<string, Lists>()
  for (const path of paths) {
    const tokens = tokensOf(path)
    for (const [depth, token] of tokens.entries()) {
      const pointer = pointerOf(tokens.slice(0, depth + 1))
      if (Object.hasOwn(elements, pointer)) continue
      const at = pointerOf(tokens.slice(0, depth))
      const lists = seen.get(at) ?? listsOf([valueAt(before, at), valueAt(after, at)].filter(Array.isArray))
      seen.set(at, lists)
      const name = nameAt(Number(token), lists)
      if (name !== undefined) elements[pointer] = name
    }
  }
  return elements
}

type Lists = { lists: readonly (readonly unknown[])[]; key: string | undefined }

function listsOf(lists: Lists['lists']): Lists {
  return { lists, key: namingKey(...lists) }
}

function nameAt(index: number, { lists, key }: Lists): Record<string, string | number> | undefined {
  if (key === undefined) return undefined
  const [name, ...others] = new Set(
    lists.filter((list) => index < list.length).map((list) => nameUnder(list[index], key)),
  )
  return name === undefined || others.length > 0 ? undefined : { [key]: name }
}
