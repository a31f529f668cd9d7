'use client'

import type { TaintMark as Taint } from '@fairlead/contract/call/call'
import { changeSections } from '@fairlead/contract/effect/change-sections'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import { hiddenIn } from '@fairlead/contract/effect/hidden-value'
import { Fragment, lazy, type ReactNode, Suspense, useEffect, useId, useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { objectKey } from '../values/object-name.ts'
import { type SourceOf, TaintMark } from '../values/taint-mark.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import { ChangePath, ChangeSide, SectionHeadText } from './change-cells.tsx'
import type { ChangeRow } from './change-rows.ts'
import { groupChanges, type ObjectChanges, taintsOfRow } from './group-changes.ts'
import { ObjectHead } from './object-head.tsx'
import { rowAt, type WantedPlace } from './shown-place.ts'

/** So many rows are drawn at once; more of them only as far as they are in view. */
const MAX_DRAWN = 200

const LongChanges = lazy(() => import('./long-changes.tsx').then((module) => ({ default: module.LongChanges })))

type ChangesTableProps = {
  objects: readonly EffectObject[]
  /** Of the effect that was seen before, where there was one. */
  seen?: readonly EffectObject[]
  args: unknown
  taint: readonly Taint[]
  sourceOf?: SourceOf
  /** A change that somebody wants to see: it is brought into view and has the focus. */
  wanted?: WantedPlace
}

/** What changes, one value a row. */
export function ChangesTable({ objects, seen, args, taint, sourceOf, wanted }: ChangesTableProps) {
  const [areSecretsShown, setSecretsShown] = useState(false)
  const all = useMemo(() => groupChanges(objects, seen), [objects, seen])
  const groups = useMemo(() => all.map(withoutOrder), [all])
  const wantedRow = rowAt(groups, wanted)
  const wantedKey = wanted === undefined ? undefined : objectKeyAt(objects, wanted.object)
  const id = `${useId()}-wanted`
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same place may be wanted again
  useEffect(() => {
    if (wantedRow !== undefined) document.getElementById(id)?.focus()
  }, [wanted, wantedRow, id])
  const orders = all.flatMap(({ rows }) => rows.filter(({ isInsignificantOrder }) => isInsignificantOrder))
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
      {gone.length > 0 && gone.length <= MAX_DRAWN && (
        <ul aria-label="Objects that go" className="overflow-hidden rounded-md border border-line">
          {gone.map(({ object }) => (
            <li key={objectKey(object)} className="border-line not-first:border-t">
              <ObjectHead object={object} isPlain />
            </li>
          ))}
        </ul>
      )}
      {rows.length + groups.length > MAX_DRAWN ? (
        <Suspense fallback={<Skeleton className="h-96" />}>
          <LongChanges
            groups={groups}
            areSecretsShown={areSecretsShown}
            marks={marks}
            wanted={wanted}
            wantedRow={wantedRow}
          />
        </Suspense>
      ) : (
        shown.map(({ object, rows: own }) => (
          <div key={objectKey(object)} className="overflow-hidden rounded-md border border-line">
            {!isSingle && <ObjectHead object={object} />}
            {own.length === 0 ? (
              <NoChange action={object.action} isOrdered={orders.length > 0} />
            ) : (
              <Rows
                rows={own}
                areSecretsShown={areSecretsShown}
                marks={marks}
                wanted={objectKey(object) === wantedKey ? wantedRow : undefined}
                wantedId={id}
              />
            )}
          </div>
        ))
      )}
      {orders.length > 0 && (
        <p className="text-sm text-ink-2 wrap-anywhere">
          Only in another order, which means nothing to the API:{' '}
          <span className="font-mono text-[0.92em]">
            <VisibleText text={orders.map(({ label }) => label.replace(/^order of /, '')).join(', ')} />
          </span>
        </p>
      )}
    </div>
  )
}

function withoutOrder({ object, rows }: ObjectChanges): ObjectChanges {
  return { object, rows: rows.filter(({ isInsignificantOrder }) => !isInsignificantOrder) }
}

function objectKeyAt(objects: readonly EffectObject[], index: number): string | undefined {
  const object = objects[index]
  return object === undefined ? undefined : objectKey(object)
}

function NoChange({ action, isOrdered }: Pick<EffectObject, 'action'> & { isOrdered: boolean }) {
  return (
    <p className="px-2.5 py-1.5 text-sm text-ink-2">
      {action === 'update'
        ? isOrdered
          ? 'Nothing but an order.'
          : 'No change: the cluster is already like this.'
        : action === 'delete'
          ? 'The whole object goes.'
          : 'The server names no single values for this.'}
    </p>
  )
}

/** What the server hides cannot be shown here either. */
function isMasked({ isSecret, before }: ChangeRow): boolean {
  return isSecret && before !== undefined && hiddenIn(before) === undefined
}

type RowsProps = {
  rows: readonly ChangeRow[]
  areSecretsShown: boolean
  marks: (row: ChangeRow) => ReactNode
  /** Label of the row that is wanted. */
  wanted: string | undefined
  wantedId: string
}

function Rows({ rows, areSecretsShown, marks, wanted, wantedId }: RowsProps) {
  const hasBefore = rows.some(({ before }) => before !== undefined)
  const hasAfter = rows.some(({ after }) => after !== undefined)
  const sections = useMemo(() => changeSections(rows), [rows])
  const columns = 1 + Number(hasBefore) + Number(hasAfter)
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
        {sections.map(({ head, rows: own }) => (
          <Fragment key={head?.path ?? own[0]?.row.label}>
            {head !== undefined && (
              <tr className="border-line not-first:border-t max-sm:block">
                <th scope="rowgroup" colSpan={columns} className="px-2.5 py-1 text-left font-normal max-sm:block">
                  <SectionHeadText head={head} />
                </th>
              </tr>
            )}
            {own.map(({ row, own: text }) => (
              <tr
                key={row.label}
                id={row.label === wanted ? wantedId : undefined}
                tabIndex={row.label === wanted ? -1 : undefined}
                className="scroll-mt-16 border-line align-top -outline-offset-2 not-first:border-t max-sm:block"
              >
                <th
                  scope="row"
                  className={cx(
                    'w-[42%] py-1.25 pr-2.5 text-left font-normal text-ink-2 max-sm:block max-sm:w-auto',
                    head === undefined ? 'pl-2.5' : 'pl-5',
                  )}
                >
                  <ChangePath row={row} own={text} taint={marks(row)} />
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
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}
