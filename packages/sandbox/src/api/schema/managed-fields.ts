import { ApiStatusError } from '../values/api-status-error.ts'
import { cloned, isEqual, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from '../values/json.ts'
import { checkConfigured, TypedError } from './check-configured.ts'
import { zeroOf } from './decode.ts'
import {
  difference,
  emptySet,
  type FieldSet,
  fieldSetOf,
  fieldsV1Of,
  intersection,
  isEmpty,
  pathsOf,
  union,
  withoutBelow,
} from './field-set.ts'
import type { Type } from './type-system.ts'
import { compare, fieldSetOfObject, merge, removeItems, shownStep, withNamedFields } from './typed-object.ts'

export type WriteBy = {
  manager: string
  apiVersion: string
  subresource: string
  /** RFC 3339, seconds. */
  time: string
}

type Entry = WriteBy & { operation: 'Apply' | 'Update'; fields: FieldSet }

/** Fields that nobody owns. */
const unowned: FieldSet = fieldSetOf({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
})

/** The `managedFields` after a create, update or patch: its manager owns what it changed, the others no longer do. */
export function fieldsAfterUpdate(
  { type, resets = emptySet }: { type: Type; resets?: FieldSet },
  live: JsonObject | undefined,
  next: JsonObject,
  by: WriteBy,
): Json[] {
  const given = listAt(next, 'metadata', 'managedFields')
  const isReset = given.length === 1 && isObject(given[0]) && Object.keys(given[0]).length === 0
  if (isReset) return []
  const isUntracked = live !== undefined && listAt(live, 'metadata', 'managedFields').length === 0
  // Who began without a record goes on without one, until somebody applies.
  if (isUntracked && given.length === 0) return []
  const known = entriesOf(given.length > 0 ? given : listAt(live, 'metadata', 'managedFields'))
  const changes = compare(type, live === undefined ? zeroOf(type) : bare(live), bare(next))
  const written = union(changes.added, changes.modified)
  const rest = known.map((entry) => ({
    ...entry,
    fields: difference(difference(entry.fields, written), changes.removed),
  }))
  const own = withoutBelow(withoutUnowned(written), resets)
  return withOwn(rest, { ...by, operation: 'Update', fields: own })
}

/** Puts what an update wrote to the entry of the same writer, or to a new one. */
function withOwn(entries: readonly Entry[], own: Entry): Json[] {
  if (isEmpty(own.fields)) return writtenOut(entries)
  const previous = entries.find((entry) => isSameWriter(entry, own))
  const fields = previous === undefined ? own.fields : union(previous.fields, own.fields)
  return writtenOut([...entries.filter((entry) => entry !== previous), { ...own, fields }])
}

/** A server-side apply: the object that comes of it and its `managedFields`. Throws ApiStatusError on conflicts. */
export function applyConfiguration(
  { type, resets = emptySet }: { type: Type; resets?: FieldSet },
  live: JsonObject,
  configured: JsonObject,
  { by, force, described }: { by: WriteBy; force: boolean; described: string },
): { object: JsonObject; managedFields: Json[] } {
  const config = bare(configured)
  try {
    checkConfigured(type, config)
  } catch (error) {
    if (!(error instanceof TypedError)) throw error
    throw new ApiStatusError(500, '', `failed to create typed patch object (${described}): ${error.message}`)
  }
  const before = bare(live)
  const known = entriesOf(listAt(live, 'metadata', 'managedFields'))
  const entries = known.length > 0 || !textAt(live, 'metadata', 'uid') ? known : [unmanaged(type, before, by)]
  const named: Entry = {
    ...by,
    operation: 'Apply',
    fields: withoutBelow(fieldSetOfObject(type, config), resets),
  }
  const own: Entry = { ...named, fields: withoutUnowned(named.fields) }
  const last = entries.find((entry) => isSameWriter(entry, own))
  const others = entries.filter((entry) => entry !== last)
  const merged = merge(type, before, config) as JsonObject
  // With the name that every configuration has: what stands beside it in the metadata stays.
  const pruned = prune(type, merged, { last: last?.fields ?? emptySet, all: [...others, named] })
  const changes = compare(type, before, pruned)
  const written = withoutUnowned(union(changes.added, changes.modified))
  const conflicts = others.flatMap((entry) => {
    const fields = intersection(entry.fields, written)
    return isEmpty(fields) ? [] : [{ entry, fields }]
  })
  if (conflicts.length > 0 && !force) throw conflictError(conflicts)
  const rest = others.map((entry) => ({
    ...entry,
    fields: difference(difference(entry.fields, written), changes.removed),
  }))
  // The time of an entry moves with the object alone.
  const mine = textAt(live, 'metadata', 'uid') && isEqual(before, pruned) ? { ...own, time: last?.time ?? '' } : own
  return { object: { ...pruned }, managedFields: writtenOut([...rest, mine]) }
}

/** What was there before anybody kept a record of it: all that an empty object does not have. */
function unmanaged(type: Type, before: JsonObject, by: WriteBy): Entry {
  const { added, modified } = compare(type, zeroOf(type), before)
  const fields = withoutUnowned(union(added, modified))
  return { ...by, manager: 'before-first-apply', operation: 'Update', fields }
}

/** Takes away what the manager applied before, applies no longer, and nobody else owns. */
function prune(type: Type, merged: JsonObject, { last, all }: { last: FieldSet; all: readonly Entry[] }): JsonObject {
  if (isEmpty(last)) return merged
  const named = (set: FieldSet) => withNamedFields(type, set)
  const removed = asObject(removeItems(type, merged, named(last)))
  const owned = all.reduce((set, entry) => union(set, entry.fields), emptySet)
  const mergedSet = named(fieldSetOfObject(type, merged))
  const removedSet = named(fieldSetOfObject(type, removed))
  const withOwned = asObject(removeItems(type, merged, difference(mergedSet, union(removedSet, named(owned)))))
  const prunedSet = named(fieldSetOfObject(type, withOwned))
  return asObject(removeItems(type, merged, intersection(difference(mergedSet, prunedSet), named(last))))
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function conflictError(conflicts: readonly { entry: Entry; fields: FieldSet }[]): ApiStatusError {
  const byManager = conflicts.toSorted((left, right) => (left.entry.manager < right.entry.manager ? -1 : 1))
  const causes = byManager.flatMap(({ entry, fields }) => {
    const using = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : ''
    const subresource =
      entry.subresource && entry.operation === 'Update' ? ` with subresource ${JSON.stringify(entry.subresource)}` : ''
    const message = `conflict with ${JSON.stringify(entry.manager)}${subresource}${using}`
    return pathsOf(fields).map((path) => ({
      reason: 'FieldManagerConflict',
      message,
      field: path.map(shownStep).join(''),
    }))
  })
  const byMessage = Map.groupBy(causes, ({ message }) => message)
  const text =
    causes.length === 1
      ? `${causes[0]?.message}: ${causes[0]?.field}`
      : [...byMessage]
          .map(([message, each]) => {
            const fields = each.map(({ field }) => `- ${field}`).join('\n')
            return `${message.replace(/^conflict/, 'conflicts')}:\n${fields}`
          })
          .join('\n')
  const head = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`
  return new ApiStatusError(409, 'Conflict', `Apply failed with ${head}: ${text}`, { causes })
}

function isSameWriter(left: Entry, right: Entry): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.subresource === right.subresource &&
    left.apiVersion === right.apiVersion
  )
}

function withoutUnowned(set: FieldSet): FieldSet {
  return difference(set, unowned)
}

function bare(object: JsonObject): JsonObject {
  const copy = cloned(object)
  if (isObject(copy.metadata)) delete copy.metadata.managedFields
  return copy
}

function entriesOf(managedFields: readonly Json[]): Entry[] {
  return managedFields.map((each) => ({
    manager: textAt(each, 'manager') ?? '',
    operation: textAt(each, 'operation') === 'Apply' ? 'Apply' : 'Update',
    apiVersion: textAt(each, 'apiVersion') ?? '',
    subresource: textAt(each, 'subresource') ?? '',
    time: textAt(each, 'time') ?? '',
    fields: fieldSetOf(objectAt(each, 'fieldsV1')),
  }))
}

function writtenOut(entries: readonly Entry[]): Json[] {
  const order = (entry: Entry) => [entry.operation, entry.time, entry.manager, entry.apiVersion, entry.subresource]
  return entries
    .filter(({ fields }) => !isEmpty(fields))
    .toSorted((left, right) => {
      const other = order(right)
      const at = order(left).findIndex((part, index) => part !== other[index])
      if (at < 0) return 0
      return (order(left)[at] ?? '') < (other[at] ?? '') ? -1 : 1
    })
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fieldsV1Of(fields),
      ...(subresource && { subresource }),
    }))
}
