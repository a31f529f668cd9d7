import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../effect/is-record.ts'

/**
 * Fields as `managedFields` names them: `f:name` a key, `k:{…}` an element by its keys, `v:…` an element by its value,
 * `.` the thing itself; an empty set is a whole value.
 */
export type FieldSet = { readonly [path: string]: FieldSet }

/** The fields that `manifest` says something of. */
export function fieldsSaid(fields: FieldSet, manifest: unknown): FieldSet {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([path, inner]): [string, FieldSet][] => {
      if (path === '.') return [[path, inner]]
      const said = childAt(manifest, path)
      return said === undefined ? [] : [[path, fieldsSaid(inner, said)]]
    }),
  )
}

/**
 * `value` as the server leaves it when its owner lets go of `fields`: what the new `manifest` says stays, and so does
 * what any of `others` owns too.
 */
export function withoutFields(
  value: unknown,
  fields: FieldSet,
  { manifest, others }: { manifest: unknown; others: readonly FieldSet[] },
): unknown {
  const isWhole = Object.keys(fields).length === 0 || '.' in fields
  if (isWhole && manifest === undefined && others.length === 0) return undefined
  let result = value
  for (const [path, inner] of Object.entries(fields)) {
    const child = path === '.' ? undefined : childAt(result, path)
    if (child === undefined) continue
    const left = withoutFields(child, inner, {
      manifest: childAt(manifest, path),
      others: others.flatMap((set) => set[path] ?? []),
    })
    if (left !== child) result = withChild(result, path, child, left)
  }
  return result
}

/** Places where `manifest` says something else than is live, in a field of `fields`: `.spec.replicas`. */
export function contestedFields(fields: FieldSet, live: unknown, manifest: unknown, at = ''): string[] {
  if (manifest === undefined || isDeepStrictEqual(live, manifest)) return []
  const inner = Object.entries(fields).filter(([path]) => path !== '.')
  if (inner.length === 0) return isRecord(manifest) && '.' in fields ? [] : [at]
  return inner.flatMap(([path, set]) =>
    contestedFields(set, childAt(live, path), childAt(manifest, path), `${at}${shownPath(path)}`),
  )
}

/** Two sets as one. */
export function unionOf(left: FieldSet, right: FieldSet): FieldSet {
  const paths = new Set([...Object.keys(left), ...Object.keys(right)])
  return Object.fromEntries([...paths].map((path) => [path, unionOf(left[path] ?? {}, right[path] ?? {})]))
}

function childAt(value: unknown, path: string): unknown {
  const rest = path.slice(2)
  if (path.startsWith('f:')) return isRecord(value) && Object.hasOwn(value, rest) ? value[rest] : undefined
  if (!Array.isArray(value)) return undefined
  const elements: unknown[] = value
  if (path.startsWith('i:')) return elements[Number(rest)]
  const wanted: unknown = JSON.parse(rest)
  return elements.find((element) =>
    path.startsWith('k:') ? hasKeys(element, wanted) : isDeepStrictEqual(element, wanted),
  )
}

/** A key that a manifest leaves out has its default, as the protocol of a port has. */
function hasKeys(element: unknown, keys: unknown): boolean {
  if (!isRecord(element) || !isRecord(keys)) return false
  const given = Object.entries(keys).filter(([key]) => element[key] !== undefined)
  return given.length > 0 && given.every(([key, value]) => isDeepStrictEqual(element[key], value))
}

function withChild(value: unknown, path: string, child: unknown, left: unknown): unknown {
  if (Array.isArray(value))
    return value.flatMap((element) => (element !== child ? [element] : left === undefined ? [] : [left]))
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  return Object.fromEntries(
    entries.flatMap(([key, entry]) =>
      key !== path.slice(2) ? [[key, entry]] : left === undefined ? [] : [[key, left]],
    ),
  )
}

function shownPath(path: string): string {
  return path.startsWith('f:') ? `.${path.slice(2)}` : `[${path.slice(2)}]`
}
