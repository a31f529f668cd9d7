import { isDeepStrictEqual } from 'node:util'
import type { Change } from '@fairlead/contract/effect'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json-pointer'
import type { JsonPatchOperation as AnyJsonPatchOperation } from '../kube/write.ts'
import { isRecord } from './is-record.ts'

/** The operations of RFC 6902 that changes of ours are made of. */
export type JsonPatchOperation =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string }

/** The operations that take `changes` back: from the object after them to the one before. */
export function reversePatch(changes: readonly Change[]): JsonPatchOperation[] {
  const additions: JsonPatchOperation[] = []
  const removals: JsonPatchOperation[] = []
  for (const { path, before, after } of changes) {
    if (before === undefined) removals.unshift({ op: 'remove', path })
    else additions.push({ op: after === undefined ? 'add' : 'replace', path, value: before })
  }
  // Elements at the end of a list go from the last one on: each removal would move the ones behind it.
  return [...additions, ...removals]
}

/**
 * The same patch for `document` as it is now. The server drops a map with its last entry, so an operation that adds
 * an entry first needs the map; one that removes what is gone already would make the server refuse the whole patch.
 */
export function fittedPatch(document: unknown, patch: readonly JsonPatchOperation[]): JsonPatchOperation[] {
  const made = new Set<string>()
  return patch.flatMap((operation): JsonPatchOperation[] => {
    if (operation.op === 'remove') return valueAt(document, operation.path) === undefined ? [] : [operation]
    const missing = missingParents(document, operation.path).filter((path) => !made.has(path))
    for (const path of missing) made.add(path)
    const parents = missing.map((path): JsonPatchOperation => ({ op: 'add', path, value: {} }))
    const isThere = valueAt(document, operation.path) !== undefined
    return [...parents, isThere ? operation : { ...operation, op: 'add' }]
  })
}

function missingParents(document: unknown, path: string): string[] {
  const tokens = tokensOf(path)
  return tokens
    .slice(0, -1)
    .map((_, index) => pointerOf(tokens.slice(0, index + 1)))
    .filter((parent) => valueAt(document, parent) === undefined)
}

/** As the API server has it, which lets a patch copy no more than it takes of a request. */
const MOST_COPIED = 3 * 1024 * 1024

/**
 * Applies operations to a copy of `document`. Throws a RangeError where a path does not exist, a test fails, or what is
 * copied would grow without end.
 */
export function applyPatch(document: unknown, patch: readonly AnyJsonPatchOperation[]): unknown {
  let copied = 0
  return patch.reduce<unknown>((root, operation) => {
    if (operation.op === 'copy') copied += JSON.stringify(valueAt(root, operation.from) ?? null).length
    if (copied > MOST_COPIED) throw new RangeError(`more than ${MOST_COPIED} bytes are copied`)
    return applied(root, operation)
  }, structuredClone(document))
}

function applied(root: unknown, operation: AnyJsonPatchOperation): unknown {
  switch (operation.op) {
    case 'test':
      if (isDeepStrictEqual(valueAt(root, operation.path), operation.value)) return root
      throw new RangeError(`what is at ${short(operation.path)} is not what was tested for`)
    case 'move':
    case 'copy': {
      const value = valueAt(root, operation.from)
      if (value === undefined) throw new RangeError(`nothing is at ${short(operation.from)}`)
      const rest = operation.op === 'move' ? withOperation(root, { op: 'remove', path: operation.from }) : root
      return withOperation(rest, { op: 'add', path: operation.path, value })
    }
    default:
      return withOperation(root, operation)
  }
}

/** A pointer for a sentence. */
function short(pointer: string): string {
  return pointer.length <= 200 ? pointer : `${pointer.slice(0, 200)}…`
}

function withOperation(root: unknown, operation: JsonPatchOperation): unknown {
  const tokens = tokensOf(operation.path)
  const key = tokens.pop()
  if (key === undefined) return operation.op === 'remove' ? undefined : structuredClone(operation.value)
  applyTo(valueAt(root, pointerOf(tokens)), key, operation)
  return root
}

function applyTo(parent: unknown, key: string, operation: JsonPatchOperation): void {
  const missing = () => new RangeError(`nothing is at ${short(operation.path)}`)
  if (Array.isArray(parent)) {
    const index = key === '-' ? parent.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : undefined
    if (index === undefined || index > parent.length) throw missing()
    if (operation.op !== 'add' && index === parent.length) throw missing()
    const value = operation.op === 'remove' ? [] : [structuredClone(operation.value)]
    parent.splice(index, operation.op === 'add' ? 0 : 1, ...value)
  } else if (isRecord(parent)) {
    const target = parent as Record<string, unknown>
    if (operation.op !== 'add' && !Object.hasOwn(target, key)) throw missing()
    if (operation.op === 'remove') delete target[key]
    else Object.defineProperty(target, key, { value: structuredClone(operation.value), ...plainProperty })
  } else {
    throw missing()
  }
}

/** Defined, not assigned: a key called `__proto__` is data like any other. */
const plainProperty = { configurable: true, enumerable: true, writable: true }
