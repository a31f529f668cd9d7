import { pointerOf } from '@fairlead/contract/json/json-pointer'
import { isRecord } from '../is-record.ts'

export type Fields = Readonly<Record<string, unknown>>

/** A record somewhere in an object. */
export type Part = { path: string; value: Fields }

/**
 * All records in an object, itself first, each before those in it. Several rules look at each of a million of them, so it
 * is walked through once, and a path is made of the one above it.
 */
export function partsOf(object: object): readonly Part[] {
  const known = partsByObject.get(object)
  if (known !== undefined) return known
  const parts: Part[] = []
  collect(object, '', parts)
  partsByObject.set(object, parts)
  return parts
}

const partsByObject = new WeakMap<object, readonly Part[]>()

function collect(value: unknown, path: string, into: Part[]): void {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) collect(element, `${path}/${index}`, into)
  } else if (isRecord(value)) {
    into.push({ path, value })
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry === 'object') collect(entry, at(path, key), into)
    }
  }
}

/** The records of a list in a record; an empty one where there is no list. */
export function recordsIn({ path, value }: Part, key: string): Part[] {
  const list = value[key]
  if (!Array.isArray(list)) return []
  return list.flatMap((element, index) =>
    isRecord(element) ? [{ path: `${at(path, key)}/${index}`, value: element }] : [],
  )
}

/** A record in a record, by its keys; undefined where there is none. */
export function recordIn({ path, value }: Part, ...keys: string[]): Part | undefined {
  let current: unknown = value
  for (const key of keys) current = isRecord(current) && Object.hasOwn(current, key) ? current[key] : undefined
  return isRecord(current) ? { path: keys.reduce(at, path), value: current } : undefined
}

export function at(path: string, key: string): string {
  return path + pointerOf([key])
}

/** The texts of a list in a record, each by where it lies; what else is in the list is passed over. */
export function textsIn({ path, value }: Part, key: string): { path: string; text: string }[] {
  const list = value[key]
  if (!Array.isArray(list)) return []
  return list.flatMap((text, index) => (typeof text === 'string' ? [{ path: `${at(path, key)}/${index}`, text }] : []))
}

export function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** `apps` of `apps/v1`, `""` of the core. */
export function groupOf({ apiVersion }: { apiVersion: string }): string {
  return apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))
}

/** Empty where there is none. */
export function specOf({ spec }: Fields): Fields {
  return isRecord(spec) ? spec : {}
}
