import { isDeepStrictEqual } from 'node:util'
import type { Change } from '@fairlead/contract/effect/effect'
import { pointerOf } from '@fairlead/contract/json/json-pointer'
import { isRecord } from './is-record.ts'

/** Maps that the server makes and removes with their entries, so only entries are ever worth a word. */
const entryMaps = new Set(['/metadata/labels', '/metadata/annotations'])

/**
 * What turns `before` into `after`, as the smallest places that a person would name. Objects are compared key by key. A
 * list is compared element by element when one is the other with something appended or cut off at its end; a list
 * that changed elsewhere too, and its length with it, is one change: by index everything behind would seem changed.
 *
 * `undefined` is "not there": a creation is one change at `""`.
 */
export function semanticChanges(before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  collect([], before, after, changes)
  return changes
}

function collect(tokens: readonly string[], before: unknown, after: unknown, into: Change[]): void {
  if (isDeepStrictEqual(before, after)) return
  const path = pointerOf(tokens)
  if (entryMaps.has(path)) {
    collectEntries(tokens, isRecord(before) ? before : {}, isRecord(after) ? after : {}, into)
  } else if (isRecord(before) && isRecord(after)) {
    collectEntries(tokens, before, after, into)
  } else if (Array.isArray(before) && Array.isArray(after) && comparesByIndex(before, after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      collect([...tokens, String(index)], before[index], after[index], into)
    }
  } else {
    into.push({ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) })
  }
}

function collectEntries(
  tokens: readonly string[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  into: Change[],
): void {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    collect([...tokens, key], ownValue(before, key), ownValue(after, key), into)
  }
}

/** A key called `__proto__` or `constructor` is data like any other. */
function ownValue(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function comparesByIndex(before: readonly unknown[], after: readonly unknown[]): boolean {
  if (before.length === after.length) return sameNames(before, after)
  const common = Math.min(before.length, after.length)
  return isDeepStrictEqual(before.slice(0, common), after.slice(0, common))
}

/** Containers, variables and ports carry a name; where the names moved, index by index would compare strangers. */
function sameNames(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.every((element, index) => nameOf(element) === nameOf(after[index]))
}

function nameOf(element: unknown): unknown {
  return isRecord(element) ? element.name : undefined
}
