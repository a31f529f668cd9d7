'use client'

import type { TaintMark as Taint } from '@fairlead/contract/call'
import type { EffectObject } from '@fairlead/contract/effect'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ChangePath, ChangeSide } from './change-cells.tsx'
import type { ChangeRow } from './change-rows.ts'
import { groupChanges, taintsOfRow } from './group-changes.ts'
import { hiddenIn } from './hidden-value.ts'
import { ObjectHead } from './object-head.tsx'
import { objectKey } from './object-name.ts'
import { type SourceOf, TaintMark } from './taint-mark.tsx'

/** So many rows are drawn at once; more of them only as far as they are in view. */
const MOST_DRAWN = 200

const LongChanges = lazy(() => import('./long-changes.tsx').then((module) => ({ default: module.LongChanges })))

type ChangesTableProps = {
  objects: readonly EffectObject[]
  /** Of the effect that was seen before, where there was one. */
  seen?: readonly EffectObject[]
  args: unknown
  taint: readonly Taint[]
  sourceOf?: SourceOf
}

/** What changes, one value a row. */
export function ChangesTable({ objects, seen, args, taint, sourceOf }: ChangesTableProps) {
  const [areSecretsShown, setSecretsShown] = useState(false)
  const groups = useMemo(() => groupChanges(objects, seen), [objects, seen])
  const rows = groups.flatMap((group) => group.rows)
  const isSingle = groups.length === 1
  const gone = isSingle ? [] : groups.filter((group) => group.object.action === 'delete' && group.rows.length === 0)
  const shown = groups.filter((group) => !gone.includes(group))
  const marks = (row: ChangeRow) =>
    taintsOfRow(row, taint, args).map((it) => (
      <TaintMark key={`${it.path} ${it.source_call_id}`} taint={it} sourceOf={sourceOf} />
    ))
  return (
    <div className="flex flex-col gap-2">
      {rows.some(isMasked) && (
        <div className="flex justify-end">
          <Button variant="quiet" size="s" onClick={() => setSecretsShown(!areSecretsShown)}>
            {areSecretsShown ? 'Mask values' : 'Show masked values'}
          </Button>
        </div>
      )}
      {gone.length > 0 && gone.length <= MOST_DRAWN && (
        <ul aria-label="Objects that go" className="overflow-hidden rounded-md border border-line">
          {gone.map(({ object }) => (
            <li key={objectKey(object)} className="border-line not-first:border-t">
              <ObjectHead object={object} isPlain />
            </li>
          ))}
        </ul>
      )}
      {rows.length + groups.length > MOST_DRAWN ? (
        <Suspense fallback={<Skeleton className="h-96" />}>
          <LongChanges groups={groups} areSecretsShown={areSecretsShown} marks={marks} />
        </Suspense>
      ) : (
        shown.map(({ object, rows: own }) => (
          <div key={objectKey(object)} className="overflow-hidden rounded-md border border-line">
            {!isSingle && <ObjectHead object={object} />}
            {own.length === 0 ? (
              <NoChange action={object.action} />
            ) : (
              <Rows rows={own} areSecretsShown={areSecretsShown} marks={marks} />
            )}
          </div>
        ))
      )}
    </div>
  )
}

function NoChange({ action }: Pick<EffectObject, 'action'>) {
  return (
    <p className="px-2.5 py-1.5 text-sm text-ink-2">
      {action === 'update'
        ? 'No change: the cluster is already like this.'
        : action === 'delete'
          ? 'The whole object goes.'
          : 'The server names no single values for this.'}
    </p>
  )
}

/** What the server hides cannot be shown here either. */
function isMasked({ isSecret, before, after }: ChangeRow): boolean {
  const isOpen = (value: unknown) => value !== undefined && hiddenIn(value) === undefined
  return isSecret && (isOpen(before) || isOpen(after))
}

type RowsProps = { rows: readonly ChangeRow[]; areSecretsShown: boolean; marks: (row: ChangeRow) => ReactNode }

function Rows({ rows, areSecretsShown, marks }: RowsProps) {
  const hasBefore = rows.some(({ before }) => before !== undefined)
  const hasAfter = rows.some(({ after }) => after !== undefined)
  return (
    <table className="w-full table-fixed border-collapse font-mono text-[12.6px] leading-normal max-sm:block">
      <thead className="sr-only">
        <tr>
          <th scope="col">Path</th>
          {hasBefore && <th scope="col">Before</th>}
          {hasAfter && <th scope="col">After</th>}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map((row, index) => (
          <tr key={row.label} className={cx('align-top max-sm:block', index > 0 && 'border-t border-line')}>
            <th
              scope="row"
              className="w-[42%] px-2.5 py-1.25 text-left font-normal text-ink-2 max-sm:block max-sm:w-auto"
            >
              <ChangePath row={row} taint={marks(row)} />
            </th>
            {hasBefore && (
              <td className="bg-del px-2.5 py-1.25 text-del-ink max-sm:block">
                <ChangeSide row={row} side="before" areSecretsShown={areSecretsShown} />
              </td>
            )}
            {hasAfter && (
              <td className="bg-add px-2.5 py-1.25 text-add-ink max-sm:block">
                <ChangeSide row={row} side="after" areSecretsShown={areSecretsShown} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
