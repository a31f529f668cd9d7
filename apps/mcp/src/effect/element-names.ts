import type { EffectObject } from '@fairlead/contract/effect'
import { nameUnder, namingKey } from '@fairlead/contract/element-name'
import { pointerOf, tokensOf, valueAt } from './json-pointer.ts'

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
  for (const path of paths) {
    const tokens = tokensOf(path)
    for (const [depth, token] of tokens.entries()) {
      const pointer = pointerOf(tokens.slice(0, depth + 1))
      if (Object.hasOwn(elements, pointer)) continue
      const list = pointerOf(tokens.slice(0, depth))
      const name = nameAt(Number(token), [valueAt(before, list), valueAt(after, list)].filter(Array.isArray))
      if (name !== undefined) elements[pointer] = name
    }
  }
  return elements
}

function nameAt(index: number, lists: readonly (readonly unknown[])[]): Record<string, string | number> | undefined {
  const key = namingKey(...lists)
  if (key === undefined) return undefined
  const [name, ...others] = new Set(
    lists.filter((list) => index < list.length).map((list) => nameUnder(list[index], key)),
  )
  return name === undefined || others.length > 0 ? undefined : { [key]: name }
}
