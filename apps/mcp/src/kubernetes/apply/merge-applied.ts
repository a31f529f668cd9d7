import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../effect/is-record.ts'
import { elementSchema, followed, keySchema, type Schema, type TypeSchema } from './type-schema.ts'

/** What a server-side apply makes of `live`, by the list keys of the type's schema; nothing is taken away here. */
export function mergeApplied(live: unknown, applied: unknown, type: TypeSchema): unknown {
  return merged(live, applied, type.root, type)
}

function merged(live: unknown, applied: unknown, given: Schema, type: TypeSchema): unknown {
  const schema = followed(type, given)
  if (isRecord(live) && isRecord(applied) && schema['x-kubernetes-map-type'] !== 'atomic') {
    const entries = Object.entries(applied).map(([key, value]) => {
      const former = Object.hasOwn(live, key) ? live[key] : undefined
      return [key, merged(former, value, keySchema(schema, key) ?? {}, type)]
    })
    return { ...live, ...Object.fromEntries(entries) }
  }
  if (Array.isArray(live) && Array.isArray(applied)) return mergedList(live, applied, schema, type)
  return applied
}

function mergedList(live: readonly unknown[], applied: readonly unknown[], schema: Schema, type: TypeSchema): unknown {
  const keys = schema['x-kubernetes-list-map-keys']
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return [...live, ...applied.filter((value) => !live.some((each) => isDeepStrictEqual(each, value)))]
    case 'map': {
      if (!Array.isArray(keys)) return applied
      const isSame = (left: unknown, right: unknown) =>
        sameKeys(left, right, keys.map(String), elementSchema(schema), type)
      const kept = live.map((element) => {
        const update = applied.find((each) => isSame(element, each))
        return update === undefined ? element : merged(element, update, elementSchema(schema), type)
      })
      return [...kept, ...applied.filter((each) => !live.some((element) => isSame(element, each)))]
    }
    default:
      return applied
  }
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
