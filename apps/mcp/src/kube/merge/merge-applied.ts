import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../effect/is-record.ts'
import { elementSchema, followed, keySchema, type Schema, type TypeSchema } from './type-schema.ts'
import { withoutNulls } from './without-nulls.ts'

/** What a server-side apply makes of `live`, by the list keys of the type's schema; nothing is taken away here. */
export function mergeApplied(live: unknown, applied: unknown, type: TypeSchema): unknown {
  return merged(live, applied, type.root, type)
}

function merged(live: unknown, applied: unknown, given: Schema, type: TypeSchema): unknown {
  const schema = followed(type, given)
  if (isRecord(live) && isRecord(applied) && schema['x-kubernetes-map-type'] !== 'atomic') {
    const entries = Object.entries(applied).map(([key, value]): [string, unknown] => {
      const former = Object.hasOwn(live, key) ? live[key] : undefined
      return [key, merged(former, value, keySchema(schema, key) ?? {}, type)]
    })
    const whole = { ...live, ...Object.fromEntries(entries) }
    return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined))
  }
  if (Array.isArray(live) && Array.isArray(applied)) return mergedList(live, applied, schema, type)
  if (!type.isBuiltIn) return applied
  return applied === null ? nullOver(live, schema) : withoutNulls(applied)
}

/** What null leaves of a field: a map's keys have owners of their own, all else is left out. Some servers show null. */
function nullOver(live: unknown, schema: Schema): unknown {
  if (isRecord(live) && schema['x-kubernetes-map-type'] !== 'atomic') return live
  return live === null ? null : undefined
}

function mergedList(live: readonly unknown[], applied: readonly unknown[], schema: Schema, type: TypeSchema): unknown {
  const keys = schema['x-kubernetes-list-map-keys']
  const element = elementSchema(schema)
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return interleaved(live, applied, { isSame: isDeepStrictEqual, merge: (_, update) => update })
    case 'map':
      if (!Array.isArray(keys)) return applied
      return interleaved(live, applied, {
        isSame: (left, right) => sameKeys(left, right, keys.map(String), element, type),
        merge: (former, update) => merged(former, update, element, type),
      })
    default:
      return applied
  }
}

/** What is applied stands in its own order, and what is only live where it stood between. */
function interleaved(
  live: readonly unknown[],
  applied: readonly unknown[],
  of: { isSame: (left: unknown, right: unknown) => boolean; merge: (former: unknown, update: unknown) => unknown },
): unknown[] {
  const result: unknown[] = []
  const rest = [...live]
  const isApplied = (element: unknown) => applied.some((each) => of.isSame(element, each))
  for (const update of applied) {
    while (rest.length > 0 && !isApplied(rest[0])) result.push(rest.shift())
    if (rest.length > 0 && of.isSame(rest[0], update)) {
      result.push(of.merge(rest.shift(), update))
      continue
    }
    const index = live.findIndex((element) => of.isSame(element, update))
    result.push(index === -1 ? update : of.merge(live[index], update))
    const left = rest.findIndex((element) => of.isSame(element, update))
    if (left !== -1) rest.splice(left, 1)
  }
  return [...result, ...rest]
}

/** A key left out has the default of its schema, as a port's protocol has. */
function sameKeys(left: unknown, right: unknown, keys: readonly string[], given: Schema, type: TypeSchema): boolean {
  if (!isRecord(left) || !isRecord(right)) return false
  const schema = followed(type, given)
  return keys.every((key) => {
    const byDefault = keySchema(schema, key)?.default
    return isDeepStrictEqual(left[key] ?? byDefault, right[key] ?? byDefault)
  })
}
