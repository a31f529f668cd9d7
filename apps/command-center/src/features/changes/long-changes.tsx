'use client'

import { changeSections, type SectionHead } from '@fairlead/contract/effect/change-sections'
import type { EffectObject } from '@fairlead/contract/effect/effect'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { ChangePath, ChangeSide, SectionHeadText } from './change-cells.tsx'
import type { ChangeRow } from './change-rows.ts'
import type { ObjectChanges } from './group-changes.ts'
import { ObjectHead } from './object-head.tsx'
import type { WantedPlace } from './shown-place.ts'

type LongChangesProps = {
  groups: readonly ObjectChanges[]
  areSecretsShown: boolean
  marks: (row: ChangeRow) => ReactNode
  wanted: WantedPlace | undefined
  /** Label of its row. */
  wantedRow: string | undefined
}

type Item = { object: EffectObject; group: number; head?: SectionHead; row?: ChangeRow; own?: string }

function itemsOf(groups: readonly ObjectChanges[]): Item[] {
  return groups.flatMap(({ object, rows }, group) => [
    { object, group },
    ...changeSections(rows).flatMap((section): Item[] => [
      ...(section.head === undefined ? [] : [{ object, group, head: section.head }]),
      ...section.rows.map(({ row, own }) => ({ object, group, row, own })),
    ]),
  ])
}

/** Very many changes in a box of their own: only what is in view is drawn. */
export function LongChanges({ groups, areSecretsShown, marks, wanted, wantedRow }: LongChangesProps) {
  const box = useRef<HTMLElement>(null)
  const items = useMemo(() => itemsOf(groups), [groups])
  const wantedAt = wantedRow === undefined ? -1 : items.findIndex(isWanted)
  function isWanted({ group, row }: Item): boolean {
    return row !== undefined && row.label === wantedRow && group === wanted?.object
  }
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 30,
    overscan: 20,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same place may be wanted again
  useEffect(() => {
    if (wantedAt === -1) return
    box.current?.scrollIntoView({ block: 'nearest' })
    virtual.scrollToIndex(wantedAt, { align: 'center' })
    const frame = requestAnimationFrame(() => box.current?.querySelector<HTMLElement>('[data-wanted]')?.focus())
    return () => cancelAnimationFrame(frame)
  }, [wanted, wantedAt])
  return (
    <section
      ref={box}
      aria-label={`${groups.reduce((sum, { rows }) => sum + rows.length, 0)} changes of ${groups.length} objects`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      className="h-120 overflow-auto rounded-md border border-line font-mono text-[12.6px] leading-normal"
    >
      <ol className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const item = items[index]
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              {item === undefined ? null : item.head !== undefined ? (
                <div className="border-b border-line px-2.5 py-1">
                  <SectionHeadText head={item.head} />
                </div>
              ) : item.row === undefined ? (
                <ObjectHead object={item.object} />
              ) : (
                <div
                  data-wanted={index === wantedAt ? '' : undefined}
                  tabIndex={index === wantedAt ? -1 : undefined}
                  className="-outline-offset-2 grid grid-cols-[42%_1fr_1fr] border-b border-line max-sm:grid-cols-1"
                >
                  <div className="px-2.5 py-1.25 text-ink-2">
                    <ChangePath row={item.row} own={item.own ?? item.row.label} taint={marks(item.row)} />
                  </div>
                  <div className="bg-del px-2.5 py-1.25 text-del-ink">
                    <ChangeSide row={item.row} side="before" areSecretsShown={areSecretsShown} />
                  </div>
                  <div className="bg-add px-2.5 py-1.25 text-add-ink">
                    <ChangeSide row={item.row} side="after" areSecretsShown={areSecretsShown} />
                  </div>
                </div>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}
