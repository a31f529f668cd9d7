import { isObject, type JsonObject } from '../values/json.ts'

/**
 * A set of paths into an object, in the form that `managedFields` writes: `f:name`, `k:{"name":"c"}`, `v:"text"`, and `.`
 * for the place itself. Sets are not changed once made.
 */
export type FieldSet = { readonly members: ReadonlySet<string>; readonly children: ReadonlyMap<string, FieldSet> }

export const emptySet: FieldSet = { members: new Set(), children: new Map() }

export function isEmpty({ members, children }: FieldSet): boolean {
  return members.size === 0 && [...children.values()].every(isEmpty)
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  const [step, ...rest] = path
  if (step === undefined) return false
  if (rest.length === 0) return set.members.has(step)
  const child = set.children.get(step)
  return child !== undefined && has(child, rest)
}

export function childOf(set: FieldSet, step: string): FieldSet {
  return set.children.get(step) ?? emptySet
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  return combined(left, right, (inLeft, inRight) => inLeft || inRight, union)
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combined(left, right, (inLeft, inRight) => inLeft && inRight, intersection)
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return combined(left, right, (inLeft, inRight) => inLeft && !inRight, difference)
}

/** Without the given paths and everything below them. */
export function withoutBelow(set: FieldSet, removed: FieldSet): FieldSet {
  const members = [...set.members].filter((step) => !removed.members.has(step))
  const children = new Map<string, FieldSet>()
  for (const [step, child] of set.children) {
    if (removed.members.has(step)) continue
    const rest = withoutBelow(child, childOf(removed, step))
    if (!isEmpty(rest)) children.set(step, rest)
  }
  return { members: new Set(members), children }
}

function combined(
  left: FieldSet,
  right: FieldSet,
  keeps: (inLeft: boolean, inRight: boolean) => boolean,
  below: (left: FieldSet, right: FieldSet) => FieldSet,
): FieldSet {
  const members = new Set<string>()
  for (const step of new Set([...left.members, ...right.members])) {
    if (keeps(left.members.has(step), right.members.has(step))) members.add(step)
  }
  const children = new Map<string, FieldSet>()
  for (const step of new Set([...left.children.keys(), ...right.children.keys()])) {
    const child = below(childOf(left, step), childOf(right, step))
    if (!isEmpty(child)) children.set(step, child)
  }
  return { members, children }
}

/** Collects paths one by one. */
export class FieldSetBuilder {
  readonly #members = new Set<string>()
  readonly #children = new Map<string, FieldSetBuilder>()

  add(path: readonly string[]): void {
    const [step, ...rest] = path
    if (step === undefined) return
    if (rest.length === 0) {
      this.#members.add(step)
      return
    }
    let child = this.#children.get(step)
    if (child === undefined) {
      child = new FieldSetBuilder()
      this.#children.set(step, child)
    }
    child.add(rest)
  }

  build(): FieldSet {
    return {
      members: this.#members,
      children: new Map([...this.#children].map(([step, child]) => [step, child.build()])),
    }
  }
}

export function pathsOf(set: FieldSet, prefix: readonly string[] = []): string[][] {
  const here = [...set.members].toSorted().map((step) => [...prefix, step])
  const below = [...set.children].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return [...here, ...below.flatMap(([step, child]) => pathsOf(child, [...prefix, step]))]
}

/** The `fieldsV1` of a set. */
export function fieldsV1Of(set: FieldSet): JsonObject {
  const result: JsonObject = {}
  for (const step of [...new Set([...set.members, ...set.children.keys()])].toSorted()) {
    const child = childOf(set, step)
    const inner = fieldsV1Of(child)
    result[step] = set.members.has(step) && !isEmpty(child) ? { '.': {}, ...inner } : inner
  }
  return result
}

/** The set of a `fieldsV1`. */
export function fieldSetOf(fields: JsonObject): FieldSet {
  const members = new Set<string>()
  const children = new Map<string, FieldSet>()
  for (const [step, below] of Object.entries(fields)) {
    if (step === '.' || !isObject(below)) continue
    const { '.': self, ...rest } = below
    if (self !== undefined || Object.keys(rest).length === 0) members.add(step)
    if (Object.keys(rest).length > 0) children.set(step, fieldSetOf(rest as JsonObject))
  }
  return { members, children }
}
