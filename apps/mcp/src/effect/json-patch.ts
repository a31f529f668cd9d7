import type { Change } from '@fairlead/contract/effect'
import { isRecord } from './is-record.ts'
import { pointerOf, tokensOf, valueAt } from './json-pointer.ts'

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
    return [...parents, operation.op === 'replace' && !isThere ? { ...operation, op: 'add' } : operation]
  })
}

function missingParents(document: unknown, path: string): string[] {
  const tokens = tokensOf(path)
  return tokens
    .slice(0, -1)
    .map((_, index) => pointerOf(tokens.slice(0, index + 1)))
    .filter((parent) => valueAt(document, parent) === undefined)
}

/** Applies operations to a copy of `document`. Throws a RangeError where a path does not exist. */
export function applyPatch(document: unknown, patch: readonly JsonPatchOperation[]): unknown {
  let root = structuredClone(document)
  for (const operation of patch) {
    const tokens = tokensOf(operation.path)
    const key = tokens.pop()
    if (key === undefined) {
      root = operation.op === 'remove' ? undefined : structuredClone(operation.value)
      continue
    }
    applyTo(valueAt(root, pointerOf(tokens)), key, operation)
  }
  return root
}

function applyTo(parent: unknown, key: string, operation: JsonPatchOperation): void {
  const missing = () => new RangeError(`Nothing is at ${operation.path}`)
  if (Array.isArray(parent)) {
    const index = key === '-' ? parent.length : Number(key)
    const exists = operation.op === 'add' ? index <= parent.length : index < parent.length
    if (!exists) throw missing()
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
