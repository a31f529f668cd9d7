'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import { ChangePath, ChangeSide } from './change-cells.tsx'
import type { ChangeRow } from './change-rows.ts'
import type { ObjectChanges } from './group-changes.ts'
import { ObjectHead } from './object-head.tsx'

type LongChangesProps = {
  groups: readonly ObjectChanges[]
  areSecretsShown: boolean
  marks: (row: ChangeRow) => ReactNode
}

/** Very many changes in a box of their own: only what is in view is drawn. */
export function LongChanges({ groups, areSecretsShown, marks }: LongChangesProps) {
  const box = useRef<HTMLElement>(null)
  const items = groups.flatMap(({ object, rows }) => [
    { object, row: undefined },
    ...rows.map((row) => ({ object, row })),
  ])
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => 30,
    overscan: 20,
  })
  return (
    <section
      ref={box}
      aria-label={`${items.length - groups.length} changes of ${groups.length} objects`}
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
              {item?.row === undefined ? (
                item !== undefined && <ObjectHead object={item.object} />
              ) : (
                <div className="grid grid-cols-[42%_1fr_1fr] border-b border-line max-sm:grid-cols-1">
                  <div className="px-2.5 py-1.25 text-ink-2">
                    <ChangePath row={item.row} taint={marks(item.row)} />
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
