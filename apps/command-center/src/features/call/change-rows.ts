import type { Change, EffectObject } from '@fairlead/contract/effect'
import { pathWeight } from './path-weight.ts'
import { pathTokens, pointerOf, readablePath } from './readable-path.ts'
import { isRecord, isSecretAt } from './secret-values.ts'
import { isSameValue } from './value-text.ts'

/** One row of the changes of an object. An absent value is `undefined`. */
export type ChangeRow = {
  path: string
  label: string
  before: unknown
  after: unknown
  weight: string | undefined
  isSecret: boolean
  /** How it stands to what was seen before: absent where nothing was, or where it is the same. */
  since?: { kind: 'changed'; before: unknown; after: unknown } | { kind: 'new' } | { kind: 'gone' }
}

/**
 * The changes of one object, one value a row: a creation is told value by value.
 * @param seen the same object in the effect that was seen before; null when it was not in it
 */
export function changeRows(object: EffectObject, seen?: EffectObject | null): ChangeRow[] {
  const rows = rowsOf(object)
  if (seen === undefined) return rows
  const former = new Map((seen === null ? [] : rowsOf(seen)).map((row) => [row.path, row]))
  const compared = rows.map((row): ChangeRow => {
    const before = former.get(row.path)
    former.delete(row.path)
    if (before === undefined) return { ...row, since: { kind: 'new' } }
    const isSame = isSameValue(before.before, row.before) && isSameValue(before.after, row.after)
    return isSame ? row : { ...row, since: { kind: 'changed', before: before.before, after: before.after } }
  })
  return [...compared, ...[...former.values()].map((row): ChangeRow => ({ ...row, since: { kind: 'gone' } }))]
}

function rowsOf(object: EffectObject): ChangeRow[] {
  return object.changes.flatMap(leavesOf).map((change) => {
    const { path, before, after } = change
    return {
      path,
      label: readablePath(path),
      before,
      after,
      weight: pathWeight(object.kind, path),
      isSecret: isSecretChange(object, change),
    }
  })
}

/** A whole structure that comes or goes is told value by value. */
function leavesOf(change: Change): Change[] {
  const side = change.before === undefined ? 'after' : change.after === undefined ? 'before' : undefined
  if (side === undefined || !isStructure(change[side])) return [change]
  return leafPaths(change[side], pathTokens(change.path)).map(([tokens, value]) => ({
    path: pointerOf(tokens),
    [side]: value,
  }))
}

function leafPaths(value: unknown, tokens: readonly string[]): [tokens: readonly string[], value: unknown][] {
  const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : undefined
  const inner = entries ?? (isRecord(value) ? Object.entries(value) : [])
  if (inner.length === 0 || isPlainList(value)) return [[tokens, value]]
  return inner.flatMap(([key, item]) => leafPaths(item, [...tokens, key]))
}

/** A short list of plain values reads better in one row than in several. */
function isPlainList(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item !== 'object' || item === null)
}

function isStructure(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** The changes of an object name their places from its root; the kind tells whether it is a Secret. */
function isSecretChange(object: EffectObject, { path }: Change): boolean {
  const tokens = pathTokens(path)
  if (object.kind === 'Secret' && (tokens[0] === 'data' || tokens[0] === 'stringData')) return true
  const whole = object.changes.find((change) => change.path === '')
  return isSecretAt(whole?.after ?? whole?.before, tokens)
}
