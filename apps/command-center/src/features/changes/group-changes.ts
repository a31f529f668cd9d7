import type { TaintMark } from '@fairlead/contract/call/call'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import { pathTokens } from '@fairlead/contract/effect/readable-path'
import { valueAlong } from '@fairlead/contract/json/json-pointer'
import { objectKey } from '../values/object-name.ts'
import { type ChangeRow, changeRows } from './change-rows.ts'

export type ObjectChanges = { object: EffectObject; rows: ChangeRow[] }

/** The changes of an effect by object; what the effect seen before had besides comes last. */
export function groupChanges(
  objects: readonly EffectObject[],
  seen: readonly EffectObject[] | undefined,
): ObjectChanges[] {
  const former = seen === undefined ? undefined : new Map(seen.map((object) => [objectKey(object), object]))
  const groups = objects.map((object) => {
    const before = former?.get(objectKey(object))
    former?.delete(objectKey(object))
    return { object, rows: changeRows(object, former === undefined ? undefined : (before ?? null)) }
  })
  const gone = [...(former?.values() ?? [])].map((object) => ({
    object,
    rows: changeRows({ ...object, changes: [] }, object),
  }))
  return [...groups, ...gone]
}

/** Marks that belong to a row: they name its path, or an argument that is its very value. */
export function taintsOfRow(row: ChangeRow, taint: readonly TaintMark[], args: unknown): TaintMark[] {
  return taint.filter(({ path }) => {
    const value = valueAlong(args, pathTokens(path))
    return path === row.path || (typeof value === 'string' && value === row.after)
  })
}
