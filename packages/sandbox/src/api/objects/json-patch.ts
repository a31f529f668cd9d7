import { badRequest, Fault } from '../values/fault.ts'
import { cloned, isEqual, isObject, type Json, type JsonObject } from '../values/json.ts'

type Operation = { op?: Json; path?: Json; from?: Json; value?: Json }

/** RFC 6902. Throws Fault when an operation does not fit; which one is not said, as the API server does not say it. */
export function jsonPatch(target: JsonObject, operations: Json): JsonObject {
  if (!Array.isArray(operations)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  }
  let result: Json = cloned(target)
  for (const operation of operations as Operation[]) result = applied(result, operation)
  return result as JsonObject
}

function applied(root: Json, { op, path, from, value = null }: Operation): Json {
  const steps = stepsOf(path)
  switch (op) {
    case 'add':
      edit(root, steps, (parent, key) => insert(parent, key, value))
      return root
    case 'remove':
      edit(root, steps, take)
      return root
    case 'replace':
      edit(root, steps, (parent, key) => {
        // What is missing in an object is added, as the API server's library does it.
        if (Array.isArray(parent) && read(parent, key) === undefined) throw refusal()
        set(parent, key, value)
      })
      return root
    case 'move': {
      const moved = found(root, stepsOf(from))
      if (moved === undefined) throw refusal()
      edit(root, stepsOf(from), take)
      return applied(root, { op: 'add', path, value: moved })
    }
    case 'copy':
      return applied(root, { op: 'add', path, value: cloned(found(root, stepsOf(from)) ?? null) })
    case 'test':
      if (!isEqual(found(root, steps) ?? null, value)) throw refusal()
      return root
    default:
      throw refusal()
  }
}

function refusal(): Fault {
  return new Fault(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

function stepsOf(path: Json | undefined): string[] {
  return String(path ?? '')
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function found(root: Json, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((here, step) => (here === undefined ? undefined : read(here, step)), root)
}

function edit(root: Json, steps: readonly string[], change: (parent: Json, key: string) => void): void {
  const last = steps.at(-1)
  const parent = found(root, steps.slice(0, -1))
  if (last === undefined || parent === null || typeof parent !== 'object') throw refusal()
  change(parent, last)
}

function read(parent: Json, key: string): Json | undefined {
  if (Array.isArray(parent)) return /^\d+$/.test(key) ? parent[Number(key)] : undefined
  return isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined
}

function set(parent: Json, key: string, value: Json): void {
  if (Array.isArray(parent)) parent[Number(key)] = value
  else if (isObject(parent)) parent[key] = value
}

function insert(parent: Json, key: string, value: Json): void {
  if (!Array.isArray(parent)) {
    set(parent, key, value)
    return
  }
  const index = key === '-' ? parent.length : Number(key)
  if (!Number.isInteger(index) || index < 0 || index > parent.length) throw refusal()
  parent.splice(index, 0, value)
}

function take(parent: Json, key: string): void {
  if (read(parent, key) === undefined) throw refusal()
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else if (isObject(parent)) delete parent[key]
}
