import type { Field, Type } from '../schema/type-system.ts'
import { badRequest } from '../values/api-status-error.ts'
import { isEqual, isObject, type Json, type JsonObject } from '../values/json.ts'

/** RFC 7396. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: JsonObject = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

/** A strategic merge patch, by the patch strategies and merge keys of the type. Throws ApiStatusError. */
export function strategicMerge(type: Type, target: JsonObject, patch: JsonObject): JsonObject {
  return mergeObject(type, target, patch) as JsonObject
}

const directives = /^\$(patch|retainKeys|setElementOrder\/.*|deleteFromPrimitiveList\/.*)$/

function mergeObject(type: Type, target: Json | undefined, patch: JsonObject): Json | undefined {
  if (patch.$patch === 'delete') return {}
  const { $patch, ...given } = patch
  if ($patch === 'replace') return withoutDirectives(given)
  const result: JsonObject = isObject(target) ? { ...target } : {}
  const retain = patch.$retainKeys
  if (Array.isArray(retain)) {
    for (const key of Object.keys(result)) if (!retain.includes(key)) delete result[key]
  }
  for (const [key, removed] of Object.entries(patch)) {
    const [directive, name = ''] = key.split('/')
    if (directive !== '$deleteFromPrimitiveList' || !Array.isArray(removed)) continue
    const list = result[name]
    if (Array.isArray(list)) result[name] = list.filter((each) => !removed.includes(each))
  }
  for (const [key, value] of Object.entries(patch)) {
    if (directives.test(key)) continue
    if (value === null) {
      delete result[key]
      continue
    }
    const field: Field | undefined = type.is === 'struct' ? type.fields.get(key) : undefined
    const inner = field?.type ?? (type.is === 'map' ? type.of : { is: 'any' as const })
    const present = result[key]
    if (isObject(value)) {
      const merged = field?.patchStrategy.split(',').includes('replace') ? value : mergeObject(inner, present, value)
      if (merged !== undefined) result[key] = merged
    } else if (Array.isArray(value) && field?.patchStrategy.split(',').includes('merge')) {
      const order = patch[`$setElementOrder/${key}`]
      result[key] = mergeList(field, inner, { present, value, order })
    } else result[key] = value
  }
  for (const [key, order] of Object.entries(patch)) {
    const name = key.startsWith('$setElementOrder/') ? key.slice('$setElementOrder/'.length) : undefined
    if (name === undefined || patch[name] !== undefined || !Array.isArray(order)) continue
    const field = type.is === 'struct' ? type.fields.get(name) : undefined
    const list = result[name]
    if (Array.isArray(list)) result[name] = ordered(list, order, list, field?.mergeKey)
  }
  return result
}

function mergeList(
  { mergeKey }: Field,
  type: Type,
  { present, value, order }: { present: Json | undefined; value: Json[]; order: Json | undefined },
): Json {
  const before = Array.isArray(present) ? present : []
  const list = [...before]
  if (value.some((each) => isObject(each) && each.$patch === 'replace')) {
    return value.filter((each) => !(isObject(each) && each.$patch === 'replace')).map(withoutDirectives)
  }
  if (mergeKey === undefined) {
    for (const each of value) if (!list.some((other) => isEqual(other, each))) list.push(each)
    return ordered(list, Array.isArray(order) ? order : value, before, undefined)
  }
  const element = type.is === 'list' ? type.of : { is: 'any' as const }
  for (const each of value) {
    if (!isObject(each))
      throw badRequest(`map: ${JSON.stringify(each)} does not contain declared merge key: ${mergeKey}`)
    const name = each[mergeKey]
    if (name === undefined) {
      throw badRequest(
        `map: map[${Object.entries(each)
          .map(([k, v]) => `${k}:${String(v)}`)
          .join(' ')}] does not contain declared merge key: ${mergeKey}`,
      )
    }
    const index = list.findIndex((other) => isObject(other) && isEqual(other[mergeKey], name))
    if (each.$patch === 'delete') {
      if (index >= 0) list.splice(index, 1)
    } else if (index >= 0) list[index] = mergeObject(element, list[index], each) ?? {}
    else list.push(mergeObject(element, {}, each) ?? {})
  }
  return ordered(list, Array.isArray(order) ? order : value, before, mergeKey)
}

/** What an order names stands in that order, the rest as it was; where both meet, the former place decides. */
function ordered(
  merged: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const nameOf = (each: Json) => (mergeKey === undefined || !isObject(each) ? each : (each[mergeKey] ?? null))
  const placeIn = (list: readonly Json[], each: Json) => list.findIndex((other) => isEqual(nameOf(other), nameOf(each)))
  const sortedBy = (list: readonly Json[], by: readonly Json[]) =>
    list.toSorted((left, right) => placeIn(by, left) - placeIn(by, right))
  const named = sortedBy(
    merged.filter((each) => placeIn(order, each) >= 0),
    order,
  )
  const others = sortedBy(
    merged.filter((each) => placeIn(order, each) < 0),
    before,
  )
  const result: Json[] = []
  while (named.length > 0 || others.length > 0) {
    const [nextNamed] = named
    const [nextOther] = others
    const isOther =
      nextNamed === undefined ||
      (nextOther !== undefined &&
        placeIn(before, nextNamed) >= 0 &&
        placeIn(before, nextOther) >= 0 &&
        placeIn(before, nextOther) < placeIn(before, nextNamed))
    const next = isOther ? others.shift() : named.shift()
    if (next !== undefined) result.push(next)
  }
  return result
}

function withoutDirectives(value: Json): Json {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !directives.test(key)))
}
