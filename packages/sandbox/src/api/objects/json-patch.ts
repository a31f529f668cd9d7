import { applyPatch } from 'rfc6902'
import { ApiStatusError, badRequest } from '../values/api-status-error.ts'
import { cloned, isEqual, isObject, type Json, type JsonObject } from '../values/json.ts'

type Operation = { op?: Json; path?: Json; from?: Json; value?: Json }

/** RFC 6902. Throws ApiStatusError when an operation does not fit; which one is not said, as the API server does not say it. */
export function jsonPatch(target: JsonObject, operations: Json): JsonObject {
  if (!Array.isArray(operations)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  }
  const result = cloned(target)
  for (const operation of operations as Operation[]) apply(result, operation)
  return result
}

/** With what the API server's library does otherwise than the standard. */
function apply(root: JsonObject, { op, path, from, value = null }: Operation): void {
  const tokens = tokensOf(path)
  switch (op) {
    case 'add':
    case 'remove':
    case 'replace':
      edit(root, tokens, { op, value })
      return
    case 'move': {
      const moved = valueAt(root, tokensOf(from)) ?? null
      edit(root, tokensOf(from), { op: 'remove', value })
      edit(root, tokens, { op: 'add', value: moved })
      return
    }
    case 'copy':
      // What is not there is copied as null.
      edit(root, tokens, { op: 'add', value: valueAt(root, tokensOf(from)) ?? null })
      return
    case 'test':
      // What is not there equals null.
      if (!isEqual(valueAt(root, tokens) ?? null, value)) throw refusal()
      return
    default:
      throw refusal()
  }
}

type Edit = { op: 'add' | 'remove' | 'replace'; value: Json }

/** The library is handed the last step alone: on the way it passes over keys such as `constructor`. */
function edit(root: JsonObject, tokens: readonly string[], { op, value }: Edit): void {
  const token = tokens.at(-1)
  const parent = valueAt(root, tokens.slice(0, -1))
  if (token === undefined || typeof parent !== 'object' || parent === null) throw refusal()
  // A member that is missing in an object is added.
  const applied = op === 'replace' && isObject(parent) ? 'add' : op
  if (applied !== 'add' && valueAt(parent, [token]) === undefined) throw refusal()
  const path = `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const [failure] = applyPatch(parent, [applied === 'remove' ? { op: applied, path } : { op: applied, path, value }])
  if (failure) throw refusal()
}

function tokensOf(path: Json | undefined): string[] {
  return String(path ?? '')
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function valueAt(root: Json, tokens: readonly string[]): Json | undefined {
  let here: Json | undefined = root
  for (const token of tokens) {
    if (Array.isArray(here)) here = /^\d+$/.test(token) ? here[Number(token)] : undefined
    else here = isObject(here) && Object.hasOwn(here, token) ? here[token] : undefined
  }
  return here
}

function refusal(): ApiStatusError {
  return new ApiStatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}
