import { badRequest, Fault } from './fault.ts'
import { cloned, isEqual, isObject, type Json, type JsonObject } from './json.ts'
import type { Field, Type } from './type-system.ts'

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

type Operation = { op?: Json; path?: Json; from?: Json; value?: Json }

/** RFC 6902. Throws Fault when an operation does not fit. */
export function jsonPatch(target: JsonObject, operations: Json, named: () => Fault): JsonObject {
  if (!Array.isArray(operations)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  }
  let result: Json = cloned(target)
  for (const operation of operations as Operation[]) result = applied(result, operation, named)
  return result as JsonObject
}

function applied(root: Json, { op, path, from, value }: Operation, named: () => Fault): Json {
  const steps = stepsOf(path)
  const refused = (message: string) => unprocessable(message, named)
  switch (op) {
    case 'add':
      return edited(root, steps, (parent, key) => insert(parent, key, value ?? null, refused), { refused, op, path })
    case 'remove':
      return edited(root, steps, (parent, key) => take(parent, key, refused, 'remove'), { refused, op, path })
    case 'replace':
      return edited(
        root,
        steps,
        (parent, key) => {
          if (read(parent, key) === undefined) {
            throw refused(`replace operation does not apply: doc is missing key: ${String(path)}: missing value`)
          }
          set(parent, key, value ?? null)
        },
        { refused, op, path },
      )
    case 'move':
    case 'copy': {
      const source = stepsOf(from)
      const moved = source.reduce<Json | undefined>(
        (here, step) => (here === undefined ? undefined : read(here, step)),
        root,
      )
      if (moved === undefined) {
        throw refused(`${op} operation does not apply: doc is missing from path: ${String(from)}: missing value`)
      }
      const without =
        op === 'copy'
          ? root
          : edited(root, source, (parent, key) => take(parent, key, refused, 'move'), { refused, op, path: from })
      return applied(without, { op: 'add', path, value: cloned(moved) }, named)
    }
    case 'test': {
      const found = steps.reduce<Json | undefined>(
        (here, step) => (here === undefined ? undefined : read(here, step)),
        root,
      )
      if (isEqual(found ?? null, value ?? null)) return root
      throw refused(`testing value ${String(path)} failed`)
    }
    default:
      throw refused(`Unexpected kind: ${String(op)}`)
  }
}

function unprocessable(message: string, named: () => Fault): Fault {
  const base = named()
  return new Fault(422, 'Invalid', `the server rejected our request due to an error in our request`, {
    ...base.details,
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
}

function stepsOf(path: Json | undefined): string[] {
  return String(path ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function edited(
  root: Json,
  steps: readonly string[],
  edit: (parent: Json, key: string) => void,
  { refused, op, path }: { refused: (message: string) => Fault; op: string; path: Json | undefined },
): Json {
  const last = steps.at(-1)
  if (last === undefined) throw refused(`${op} operation does not apply: the whole document cannot be changed`)
  let parent: Json | undefined = root
  for (const step of steps.slice(0, -1)) parent = parent === undefined ? undefined : read(parent, step)
  if (parent === undefined || parent === null || typeof parent !== 'object') {
    throw refused(`${op} operation does not apply: doc is missing path: ${String(path)}: missing value`)
  }
  edit(parent, last)
  return root
}

function read(parent: Json, key: string): Json | undefined {
  if (Array.isArray(parent)) return /^\d+$/.test(key) ? parent[Number(key)] : undefined
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined
}

function set(parent: Json, key: string, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value
  else if (isObject(parent)) parent[key] = value
}

function insert(parent: Json, key: string, value: Json, refused: (message: string) => Fault): void {
  if (!Array.isArray(parent)) {
    set(parent, key, value)
    return
  }
  const index = key === '-' ? parent.length : Number(key)
  if (!Number.isInteger(index) || index < 0 || index > parent.length) {
    throw refused(
      `add operation does not apply: doc is missing path: Unable to access invalid index: ${key}: invalid index referenced`,
    )
  }
  parent.splice(index, 0, value)
}

function take(parent: Json, key: string, refused: (message: string) => Fault, op: string): void {
  if (read(parent, key) === undefined) {
    throw refused(
      `${op} operation does not apply: Unable to ${op} nonexistent key: ${key}: missing value`.replace(
        'move nonexistent',
        'remove nonexistent',
      ),
    )
  }
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else if (isObject(parent)) delete parent[key]
}

/** A strategic merge patch, by the patch strategies and merge keys of the type. Throws Fault. */
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
    if (Array.isArray(list)) result[name] = ordered(list, order, field?.mergeKey)
  }
  return result
}

function mergeList(
  { mergeKey }: Field,
  type: Type,
  { present, value, order }: { present: Json | undefined; value: Json[]; order: Json | undefined },
): Json {
  const list = Array.isArray(present) ? [...present] : []
  if (value.some((each) => isObject(each) && each.$patch === 'replace')) {
    return value.filter((each) => !(isObject(each) && each.$patch === 'replace')).map(withoutDirectives)
  }
  if (mergeKey === undefined) {
    for (const each of value) if (!list.some((other) => isEqual(other, each))) list.push(each)
    return Array.isArray(order) ? ordered(list, order, undefined) : list
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
  return Array.isArray(order) ? ordered(list, order, mergeKey) : list
}

function ordered(list: readonly Json[], order: readonly Json[], mergeKey: string | undefined): Json[] {
  const nameOf = (each: Json) => (mergeKey === undefined || !isObject(each) ? each : each[mergeKey])
  const place = (each: Json) => order.findIndex((other) => isEqual(nameOf(other), nameOf(each)))
  const named = list.filter((each) => place(each) >= 0).toSorted((left, right) => place(left) - place(right))
  const others = list.filter((each) => place(each) < 0)
  return [...named, ...others]
}

function withoutDirectives(value: Json): Json {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !directives.test(key)))
}
