import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../effect/is-record.ts'
import { elementSchema, followed, keySchema, type Schema, type TypeSchema } from './type-schema.ts'

type JsonObject = Readonly<Record<string, unknown>>

const directive = '$patch'
const order = '$setElementOrder/'
const removal = '$deleteFromPrimitiveList/'
const retained = '$retainKeys'

/** What a strategic merge patch makes of `live`, by the merge keys and strategies of the type's schema. */
export function strategicMerge(live: unknown, patch: JsonObject, type: TypeSchema): unknown {
  return mergedMap(isRecord(live) ? live : {}, patch, type.root, type)
}

function mergedMap(live: JsonObject, patch: JsonObject, given: Schema, type: TypeSchema): JsonObject {
  if (patch[directive] === 'replace') return withoutDirectives(patch) as JsonObject
  if (patch[directive] === 'delete') return {}
  const schema = followed(type, given)
  const kept = patch[retained]
  const merged = new Map(Object.entries(live).filter(([key]) => !Array.isArray(kept) || kept.includes(key)))
  for (const [key, removed] of Object.entries(patch)) {
    if (!key.startsWith(removal)) continue
    const list = merged.get(key.slice(removal.length))
    if (!Array.isArray(list) || !Array.isArray(removed)) continue
    merged.set(
      key.slice(removal.length),
      list.filter((element) => !removed.includes(element)),
    )
  }
  const wanted = Object.keys(patch).flatMap((key) => (key.startsWith(order) ? [key.slice(order.length)] : []))
  for (const key of new Set([...Object.keys(patch), ...wanted])) {
    if (key.startsWith('$')) continue
    const value = patch[key]
    if (value === null) {
      merged.delete(key)
      continue
    }
    const former = merged.get(key)
    const inner = keySchema(schema, key) ?? {}
    merged.set(key, mergedValue(former, value, { schema: inner, type, order: patch[`${order}${key}`] }))
  }
  return Object.fromEntries(merged)
}

type At = { schema: Schema; type: TypeSchema; order: unknown }

function mergedValue(former: unknown, value: unknown, { schema, type, order: wantedOrder }: At): unknown {
  if (value === undefined) return Array.isArray(former) ? reordered(former, [], { schema, order: wantedOrder }) : former
  const strategies = String(schema['x-kubernetes-patch-strategy'] ?? '').split(',')
  if (isRecord(value) && isRecord(former) && !strategies.includes('replace')) {
    return mergedMap(former, value, schema, type)
  }
  if (!Array.isArray(value) || !Array.isArray(former) || !strategies.includes('merge')) return withoutDirectives(value)
  return mergedList(former, value, { schema, type, order: wantedOrder })
}

function mergedList(live: readonly unknown[], patch: readonly unknown[], at: At): unknown {
  const { schema, type } = at
  const key = schema['x-kubernetes-patch-merge-key']
  if (typeof key !== 'string') {
    const added = patch.filter((element) => !live.some((each) => isDeepStrictEqual(each, element)))
    return reordered([...live, ...added], patch, { ...at, live })
  }
  const isMarked = (mark: string) => (element: unknown) => isRecord(element) && element[directive] === mark
  if (patch.some(isMarked('replace'))) return withoutDirectives(patch.filter((each) => !isMarked('replace')(each)))
  const keyOf = (element: unknown) => (isRecord(element) ? element[key] : undefined)
  const gone = patch.filter(isMarked('delete')).map(keyOf)
  const merged = live.filter((element) => !gone.includes(keyOf(element)))
  const updates = patch.filter((element) => !isMarked('delete')(element))
  for (const update of updates) {
    const index = merged.findIndex((element) => isDeepStrictEqual(keyOf(element), keyOf(update)))
    const former = merged[index]
    if (isRecord(former) && isRecord(update)) merged[index] = mergedMap(former, update, elementSchema(schema), type)
    else merged.push(withoutDirectives(update))
  }
  return reordered(merged, updates, { ...at, live })
}

/**
 * What the patch names stands in its order (or the one it asks for), and each of the others before the first of those
 * that stood behind it.
 */
function reordered(
  merged: readonly unknown[],
  patch: readonly unknown[],
  { schema, order: wanted, live = merged }: Pick<At, 'schema' | 'order'> & { live?: readonly unknown[] },
): unknown[] {
  const key = schema['x-kubernetes-patch-merge-key']
  const idOf = (element: unknown) => (typeof key === 'string' && isRecord(element) ? element[key] : element)
  const ranks = (Array.isArray(wanted) ? wanted : patch).map(idOf)
  const places = live.map(idOf)
  const rankOf = (element: unknown) => ranks.findIndex((each) => isDeepStrictEqual(each, idOf(element)))
  const placeOf = (element: unknown) => places.findIndex((each) => isDeepStrictEqual(each, idOf(element)))
  const result = merged
    .filter((element) => rankOf(element) !== -1)
    .toSorted((left, right) => rankOf(left) - rankOf(right))
  let from = 0
  for (const other of merged.filter((element) => rankOf(element) === -1)) {
    const behind = result.findIndex((element, index) => index >= from && placeOf(element) > placeOf(other))
    const index = behind === -1 ? result.length : behind
    result.splice(index, 0, other)
    from = index + 1
  }
  return result
}

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((element) => !isRecord(element) || element[directive] !== 'delete').map(withoutDirectives)
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([key, entry]) => !key.startsWith('$') && entry !== null)
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutDirectives(entry)]))
}
