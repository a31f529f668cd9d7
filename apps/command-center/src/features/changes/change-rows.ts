import { type ChangeLeaf, changeLeaves } from '@fairlead/contract/effect/change-leaves'
import type { Change, EffectObject } from '@fairlead/contract/effect/effect'
import { pathWeight } from '@fairlead/contract/effect/path-weight'
import { pathTokens } from '@fairlead/contract/effect/readable-path'
import { pointerOf } from '@fairlead/contract/json/json-pointer'
import { isSameValue } from '@fairlead/contract/json/same-value'
import { isSecretAt } from '../values/secret-values.ts'

/** One row of the changes of an object; no two have the same label. */
export type ChangeRow = ChangeLeaf & {
  weight: string | undefined
  isSecret: boolean
  /** How it stands to what was seen before: absent where nothing was, or where it is the same. */
  since?: { kind: 'changed'; before: unknown; after: unknown } | { kind: 'new' } | { kind: 'gone' }
}

/**
 * The changes of one object, one value a row.
 * @param seen the same object in the effect that was seen before; null when it was not in it
 */
export function changeRows(object: EffectObject, seen?: EffectObject | null): ChangeRow[] {
  const rows = rowsOf(object)
  if (seen === undefined) return rows
  const former = new Map((seen === null ? [] : rowsOf(seen)).map((row) => [row.label, row]))
  const compared = rows.map((row): ChangeRow => {
    const before = former.get(row.label)
    former.delete(row.label)
    if (before === undefined) return { ...row, since: { kind: 'new' } }
    const isSame = isSameValue(before.before, row.before) && isSameValue(before.after, row.after)
    return isSame ? row : { ...row, since: { kind: 'changed', before: before.before, after: before.after } }
  })
  return [...compared, ...[...former.values()].map((row): ChangeRow => ({ ...row, since: { kind: 'gone' } }))]
}

function rowsOf(object: EffectObject): ChangeRow[] {
  return object.changes.flatMap((change) =>
    changeLeaves(change, object).map((leaf) => ({
      ...leaf,
      weight: pathWeight(object.kind, leaf.path),
      isSecret: isSecretLeaf(object, change, leaf.path),
    })),
  )
}

/** By its key, by the name of the variable whose value it is, or as data of a Secret. */
function isSecretLeaf({ kind, elements = {} }: EffectObject, change: Change, path: string): boolean {
  const tokens = pathTokens(path)
  if (kind === 'Secret' && (tokens[0] === 'data' || tokens[0] === 'stringData')) return true
  const inside = tokens.slice(pathTokens(change.path).length)
  const key = tokens.at(-1) ?? ''
  const sides = [change.before, change.after].map((side) => isSecretAt(side, inside))
  return sides.includes(true) || isSecretAt(elements[pointerOf(tokens.slice(0, -1))], [key])
}
