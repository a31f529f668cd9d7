import type { Highlight } from '@fairlead/contract/effect/effect'
import type { ObjectChanges } from './group-changes.ts'

/** Which change somebody wants to see; a new one each time. */
export type WantedPlace = Pick<Highlight, 'object' | 'path'>

/** Label of the row that shows it: its own, one inside of it, or the one that it stands in. */
export function rowAt(groups: readonly ObjectChanges[], wanted: WantedPlace | undefined): string | undefined {
  if (wanted === undefined) return undefined
  const { path } = wanted
  const rows = groups[wanted.object]?.rows ?? []
  const row =
    rows.find((it) => it.path === path) ??
    rows.find((it) => it.path.startsWith(`${path}/`)) ??
    rows.find((it) => path.startsWith(`${it.path}/`)) ??
    rows[0]
  return row?.label
}
