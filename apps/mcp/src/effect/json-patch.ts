import type { Change } from '@fairlead/contract/effect/effect'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { applyPatch as applyInPlace } from 'rfc6902'
import { isRecord } from './is-record.ts'
import type { JsonPatchOperation as AnyJsonPatchOperation } from './json-patch-operation.ts'

/** The operations of RFC 6902 that take a list of changes back. */
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

/** The API server has the same limit on what one patch may copy. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024

/**
 * Applies operations to a copy of `document`. Throws a RangeError where a path does not exist, a test fails, or the
 * patch copies more than 3 MiB.
 */
export function applyPatch(document: unknown, patch: readonly AnyJsonPatchOperation[]): unknown {
  // The document stands in a field, since the library cannot replace or remove a whole document.
  const holder = { root: renamed(document, escapedKey) }
  let copied = 0
  for (const operation of patch.map(inHolder)) {
    if (operation.op === 'move' || operation.op === 'copy') requirePlace(holder, operation.from)
    if (operation.op === 'copy') copied += JSON.stringify(valueAt(holder, operation.from)).length
    if (copied > MAX_COPIED_BYTES) throw new RangeError(`more than ${MAX_COPIED_BYTES} bytes are copied`)
    for (const step of stepsOf(holder, operation)) {
      if (step.op !== 'test') requirePlace(holder, step.path, { isNew: step.op === 'add' || step.op === 'copy' })
      const [fault] = applyInPlace(holder, [step])
      if (fault && step.op === 'test')
        throw new RangeError(`what is at ${shownPath(step.path)} is not what was tested for`)
      if (fault) throw nothingAt(step.path)
    }
  }
  return renamed(holder.root, unescapedKey)
}

function inHolder(operation: AnyJsonPatchOperation): AnyJsonPatchOperation {
  const path = inRoot(operation.path)
  if ('from' in operation) return { ...operation, path, from: inRoot(operation.from) }
  return 'value' in operation
    ? { ...operation, path, value: renamed(operation.value, escapedKey) }
    : { ...operation, path }
}

const inRoot = (path: string) => `/root${pointerOf(tokensOf(path).map(escapedKey))}`

/**
 * The library takes these keys for JavaScript's own and passes over them: `/a/prototype/b` would lead to `/a/b`. They
 * are data like any other here, so they have another name while it works.
 */
const passedOver = /^_*(?:__proto__|constructor|prototype)$/
const escapedKey = (key: string) => (passedOver.test(key) ? `_${key}` : key)
const unescapedKey = (key: string) => (passedOver.test(key) ? key.slice(1) : key)

/** A copy whose objects have other keys. */
function renamed(value: unknown, nameOf: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, nameOf))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [nameOf(key), renamed(field, nameOf)]))
}

/** A move counts the place it leads to after the removal (RFC 6902, 4.4), the library before it. */
function stepsOf(holder: object, operation: AnyJsonPatchOperation): Exclude<AnyJsonPatchOperation, { op: 'move' }>[] {
  if (operation.op !== 'move') return [operation]
  const { from, path } = operation
  return [
    { op: 'remove', path: from },
    { op: 'add', path, value: valueAt(holder, from) },
  ]
}

/** The library does not check a list's indices, nor that only lists and objects have places. */
function requirePlace(holder: object, path: string, { isNew = false } = {}): void {
  const tokens = tokensOf(path)
  const key = tokens.pop() ?? ''
  const parent = valueAt(holder, pointerOf(tokens))
  const isThere = Array.isArray(parent)
    ? (isNew && key === '-') || (/^(0|[1-9]\d*)$/.test(key) && Number(key) < parent.length + (isNew ? 1 : 0))
    : isRecord(parent) && (isNew || Object.hasOwn(parent, key))
  if (!isThere) throw nothingAt(path)
}

function nothingAt(path: string): RangeError {
  return new RangeError(`nothing is at ${shownPath(path)}`)
}

/** A path of the holder as the patch has it, cut where it is long. */
function shownPath(pathInHolder: string): string {
  const path = pointerOf(tokensOf(pathInHolder).slice(1).map(unescapedKey))
  return path.length <= 200 ? path : `${path.slice(0, 200)}…`
}
