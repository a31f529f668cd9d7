import { isRecord } from '../json/is-record.ts'
import { pointerOf } from '../json/json-pointer.ts'
import { isSameValue } from '../json/same-value.ts'
import type { Change, EffectObject } from './effect.ts'
import { nameUnder, namingKey } from './element-name.ts'
import { hiddenIn } from './hidden-value.ts'
import { isInsignificantOrder } from './insignificant-order.ts'
import { elementPath, keyPath, pathTokens, readablePath } from './readable-path.ts'

/** One value that changes. An absent value is `undefined`. */
export type ChangeLeaf = {
  path: string
  label: string
  before: unknown
  after: unknown
  /** Of a list whose order means nothing, the order alone. */
  isInsignificantOrder?: true
}

/** What a change is of, and what the server calls the list elements that its path leads through. */
export type ChangedObject = Pick<EffectObject, 'apiVersion' | 'kind' | 'elements'>

type Place = Pick<ChangeLeaf, 'label'> & { tokens: readonly string[]; of: ChangedObject }
type Both = [before: unknown, after: unknown]

/**
 * A change value by value: a structure that comes or goes is told by its parts, and a list that changes as a whole by
 * the elements that do, where they have names.
 */
export function changeLeaves({ path, before, after }: Change, of: ChangedObject): ChangeLeaf[] {
  const place: Place = { of, tokens: pathTokens(path), label: readablePath(path, of.elements) }
  const leaves = leavesOf(place, [before, after])
  return leaves.length === 0 ? [leaf(place, [before, after])] : leaves
}

function leavesOf(place: Place, both: Both): ChangeLeaf[] {
  if (isSurelySame(both)) return []
  const sides = both.filter((side) => side !== undefined)
  if (sides.every(isRecord)) return entriesOf(place, both, sides)
  if (sides.every(Array.isArray)) return elementsOf(place, both, sides)
  return [leaf(place, both)]
}

function entriesOf(place: Place, both: Both, sides: readonly Readonly<Record<string, unknown>>[]): ChangeLeaf[] {
  const keys = new Set(sides.toReversed().flatMap((side) => Object.keys(side)))
  if (keys.size === 0) return [leaf(place, both)]
  const root = place.tokens.length === 0
  return [...keys].flatMap((key) =>
    leavesOf(
      { ...place, tokens: [...place.tokens, key], label: keyPath(root ? '' : place.label, key) },
      eachSide(both, (side) => (isRecord(side) && Object.hasOwn(side, key) ? side[key] : undefined)),
    ),
  )
}

function elementsOf(place: Place, both: Both, sides: readonly (readonly unknown[])[]): ChangeLeaf[] {
  const key = namingKey(...sides)
  if (key !== undefined) return namedElementsOf(place, both, key)
  const only = sides.length === 1 ? sides[0] : undefined
  if (only === undefined || isPlainList(only)) return [leaf(place, both)]
  return only.flatMap((_, index) =>
    leavesOf(
      { ...place, tokens: [...place.tokens, String(index)], label: keyPath(place.label, String(index)) },
      eachSide(both, (side) => (Array.isArray(side) ? side[index] : undefined)),
    ),
  )
}

function namedElementsOf(place: Place, both: Both, key: string): ChangeLeaf[] {
  const [before, after] = eachSide(both, (side) => namesIn(side, key))
  const known = [...new Set([...after, ...before])]
  const inner = known.flatMap((name) => {
    const [from, to] = eachSide(both, (side) => namesIn(side, key).indexOf(name))
    const tokens = [...place.tokens, String(to === -1 ? from : to)]
    const label = elementPath(place.label, { [key]: name })
    const leaves = leavesOf(
      { ...place, tokens, label },
      eachSide(both, (side) => (Array.isArray(side) ? side[namesIn(side, key).indexOf(name)] : undefined)),
    )
    // Its place says already what it is called.
    const said = pointerOf([...tokens, key])
    return leaves.length > 1 ? leaves.filter(({ path }) => path !== said) : leaves
  })
  const order = orderOf(place, before, after)
  const isMere = isInsignificantOrder(place.of, place.tokens, both)
  return [...inner, ...order.map((it): ChangeLeaf => (isMere ? { ...it, isInsignificantOrder: true } : it))]
}

type Name = string | number

/** The order of steps and variables has a meaning; what is put at the end leaves it as it was. */
function orderOf(place: Place, before: readonly Name[], after: readonly Name[]): ChangeLeaf[] {
  const kept = before.filter((name) => after.includes(name))
  if (kept.every((name, index) => name === after[index])) return []
  return [leaf({ ...place, label: `order of ${place.label}` }, [before.join(', '), after.join(', ')])]
}

function namesIn(side: unknown, key: string): Name[] {
  if (!Array.isArray(side)) return []
  return side.map((element) => nameUnder(element, key)).filter((name) => name !== undefined)
}

function leaf({ tokens, label }: Place, [before, after]: Both): ChangeLeaf {
  return { path: pointerOf(tokens), label, before, after }
}

function eachSide<Value>([before, after]: Both, of: (side: unknown) => Value): [Value, Value] {
  return [of(before), of(after)]
}

/** Two values that are hidden without a hash look the same, whatever they are. */
function isSurelySame([before, after]: Both): boolean {
  return isSameValue(before, after) && !holdsOpaqueMask(before)
}

function holdsOpaqueMask(value: unknown): boolean {
  const hidden = hiddenIn(value)
  if (hidden !== undefined) return hidden.hash === undefined
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsOpaqueMask)
}

/** A short list of plain values reads better in one row than in several. */
function isPlainList(list: readonly unknown[]): boolean {
  return list.length <= 8 && list.every((item) => typeof item !== 'object' || item === null)
}
