import { canonicalText, isEqual, isObject, type Json, type JsonObject } from '../values/json.ts'
import { childOf, emptySet, type FieldSet, FieldSetBuilder, isEmpty } from './field-set.ts'
import type { Type } from './type-system.ts'

/** Objects as structured merge sees them: by the list keys and map kinds of their schema. */

export type Comparison = { added: FieldSet; modified: FieldSet; removed: FieldSet }

type Node = Type | { is: 'leaf' }

/** Without a schema maps are merged and lists are replaced. */
function nodeOf(type: Type, ...values: readonly (Json | undefined)[]): Node {
  if (type.is !== 'any') return type
  const given = values.find((each) => each !== undefined && each !== null)
  return isObject(given) ? { is: 'map', of: { is: 'any' }, isAtomic: false } : { is: 'leaf' }
}

function isWhole(node: Node): boolean {
  if (node.is === 'leaf' || node.is === 'scalar' || node.is === 'any') return true
  return node.is === 'list' ? node.relation === 'atomic' : node.isAtomic
}

function fieldType(node: Node, key: string): Type {
  if (node.is === 'map') return node.of
  return (node.is === 'struct' ? node.fields.get(key)?.type : undefined) ?? { is: 'any' }
}

/** `k:{"containerPort":80,"protocol":"TCP"}`, `v:"x"`: how an element of a list is named. */
export function elementStep(type: Type & { is: 'list' }, element: Json): string {
  if (type.relation === 'set') return `v:${JSON.stringify(element)}`
  const keys: JsonObject = {}
  for (const key of type.keys) {
    const given = isObject(element) ? element[key] : undefined
    const implied = type.of.is === 'struct' ? type.of.fields.get(key)?.default : undefined
    const value = given === undefined ? implied : given
    if (value !== undefined) keys[key] = value
  }
  return `k:${canonicalText(keys)}`
}

/** The paths of everything that is set. */
export function fieldSetOfObject(type: Type, value: JsonObject): FieldSet {
  const builder = new FieldSetBuilder()
  collect(type, value, [], builder)
  return builder.build()
}

function collect(type: Type, value: Json, path: readonly string[], into: FieldSetBuilder): void {
  const node = nodeOf(type, value)
  if (isWhole(node)) {
    into.add(path)
    return
  }
  if (node.is === 'list') {
    for (const [step, [element, ...twins]] of byStep(node, value)) {
      const here = [...path, step]
      // Elements of one name are one place, with nothing in it.
      if (element !== undefined && twins.length === 0) collect(node.of, element, here, into)
      into.add(here)
    }
    return
  }
  for (const [key, each] of Object.entries(isObject(value) ? value : {})) {
    const here = [...path, `f:${key}`]
    collect(fieldType(node, key), each, here, into)
    if (isBare(each) || node.is === 'map' || (node.is === 'struct' && !node.fields.has(key))) into.add(here)
  }
}

function isBare(value: Json): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0)
}

/** Which paths two objects differ in. */
export function compare(type: Type, before: JsonObject, after: JsonObject): Comparison {
  const sets = { added: new FieldSetBuilder(), modified: new FieldSetBuilder(), removed: new FieldSetBuilder() }
  compareAt(type, before, after, [], sets)
  return { added: sets.added.build(), modified: sets.modified.build(), removed: sets.removed.build() }
}

type Builders = Record<keyof Comparison, FieldSetBuilder>

function compareAt(
  type: Type,
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[],
  sets: Builders,
): void {
  if (before !== undefined && after !== undefined && isEqual(before, after)) return
  const node = nodeOf(type, after, before)
  const note = () => {
    if (before === undefined) sets.added.add(path)
    else if (after === undefined) sets.removed.add(path)
    else if (isWhole(node)) sets.modified.add(path)
  }
  if (!isWhole(node) && node.is === 'list') {
    const left = byStep(node, before)
    const right = byStep(node, after)
    for (const step of new Set([...left.keys(), ...right.keys()])) {
      compareElements(node.of, left.get(step) ?? [], right.get(step) ?? [], [...path, step], sets)
    }
  } else if (!isWhole(node)) {
    const left = isObject(before) ? before : {}
    const right = isObject(after) ? after : {}
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      compareAt(fieldType(node, key), left[key], right[key], [...path, `f:${key}`], sets)
    }
  }
  note()
}

/** Elements of one name; more than one of them is compared as a whole. */
function compareElements(
  type: Type,
  before: readonly Json[],
  after: readonly Json[],
  path: readonly string[],
  sets: Builders,
): void {
  if (before.length <= 1 && after.length <= 1) compareAt(type, before[0], after[0], path, sets)
  else if (before.length === 0) sets.added.add(path)
  else if (after.length === 0) sets.removed.add(path)
  else if (!isEqual([...before], [...after])) sets.modified.add(path)
}

/** The elements by their names, of which one may stand for several. */
function byStep(type: Type & { is: 'list' }, value: Json | undefined): Map<string, Json[]> {
  return Map.groupBy(Array.isArray(value) ? value : [], (element) => elementStep(type, element))
}

/** What is configured, laid over what is there. */
export function merge(type: Type, live: Json | undefined, configured: Json | undefined): Json | undefined {
  if (configured === undefined) return live
  if (live === undefined || live === null) return configured
  const node = nodeOf(type, configured, live)
  if (isWhole(node) || (isBare(live) && isBare(configured))) return configured
  // Nothing is configured of it: what stands there is nobody's to remove.
  if (configured === null) return live
  if (node.is === 'list') return mergeLists(node, live, configured)
  if (!isObject(live) || !isObject(configured)) return configured
  const result: JsonObject = {}
  for (const key of new Set([...Object.keys(live), ...Object.keys(configured)])) {
    const value = merge(fieldType(node, key), live[key], configured[key])
    if (value !== undefined) result[key] = value
  }
  return result
}

/** Elements of both stand in the order of the configuration, those of the live list alone where they were. */
function mergeLists(type: Type & { is: 'list' }, live: Json, configured: Json): Json {
  const left = (Array.isArray(live) ? live : []).map((element) => ({ step: elementStep(type, element), element }))
  const right = [...byStep(type, configured)]
  const inRight = new Set(right.map(([step]) => step))
  const inLeft = byStep(type, live)
  const result: Json[] = []
  const taken = new Set<string>()
  let at = 0
  const takeOwn = () => {
    for (let next = left[at]; next !== undefined; next = left[++at]) {
      if (!inRight.has(next.step)) result.push(next.element)
      else if (!taken.has(next.step)) return
    }
  }
  takeOwn()
  for (const [step, [element]] of right) {
    const [own, ...twins] = inLeft.get(step) ?? []
    // What is configured once takes the place of all that had its name.
    const merged = twins.length > 0 ? element : merge(type.of, own, element)
    if (merged !== undefined) result.push(merged)
    taken.add(step)
    takeOwn()
  }
  return result
}

/** Without the fields and elements of a set; undefined when nothing is left. */
export function removeItems(type: Type, value: Json, removed: FieldSet): Json | undefined {
  const node = nodeOf(type, value)
  if (node.is === 'list' && Array.isArray(value)) {
    if (isWhole(node)) return undefined
    const rest = value.flatMap((element) => {
      const step = elementStep(node, element)
      if (removed.members.has(step)) return []
      const below = childOf(removed, step)
      const kept = isEmpty(below) ? element : removeItems(node.of, element, below)
      return kept === undefined ? [] : [kept]
    })
    return rest.length > 0 ? rest : undefined
  }
  if (!isObject(value)) return value
  if (isWhole(node)) return undefined
  const rest: JsonObject = {}
  for (const [key, each] of Object.entries(value)) {
    const step = `f:${key}`
    if (removed.members.has(step)) continue
    const below = childOf(removed, step)
    const kept = isEmpty(below) ? each : removeItems(fieldType(node, key), each, below)
    if (kept !== undefined) rest[key] = kept
  }
  return Object.keys(rest).length > 0 ? rest : undefined
}

/** Every struct field on the way to a member is a member too. */
export function withNamedFields(type: Type, set: FieldSet): FieldSet {
  const members = new Set(set.members)
  const children = new Map<string, FieldSet>()
  for (const [step, child] of set.children) {
    const isNamed = step.startsWith('f:') && type.is === 'struct' && type.fields.has(step.slice(2))
    if (isNamed) members.add(step)
    const below = step.startsWith('f:')
      ? fieldType(nodeOf(type, {}), step.slice(2))
      : type.is === 'list'
        ? type.of
        : type
    children.set(step, withNamedFields(below, child ?? emptySet))
  }
  return { members, children }
}

/** `[name="c"]`, `[containerPort=80,protocol="TCP"]`, `["x"]`. */
export function shownStep(step: string): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`
  if (step.startsWith('v:')) return `[=${step.slice(2)}]`
  const keys = JSON.parse(step.slice(2)) as JsonObject
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}
