'use client'

import { type Range, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useImperativeHandle, useLayoutEffect, useState } from 'react'
import type { ListPosition } from './list-position.ts'
import { GAP, HEAD, type MessageListProps } from './message-list-props.ts'
import { useNearTop } from './use-near-top.ts'

/** Draws the messages near the view and the focused one. It goes on from what stood on the screen, so nothing moves. */
export function LongMessageList(props: MessageListProps & { position: ListPosition }) {
  const { ids, box, handle, renderMessage, estimate, onLayout, hasOlder, onNearTop, head, position } = props
  const [focused, setFocused] = useState<string | undefined>(undefined)
  const getItemKey = useCallback((index: number) => ids[index] ?? index, [ids])
  const rangeExtractor = useCallback((range: Range) => indexesOf(range, ids, focused), [focused, ids])
  const virtualizer = useVirtualizer<HTMLElement, HTMLLIElement>({
    initialRect: position.initialRect,
    initialOffset: position.initialOffset,
    initialMeasurementsCache: position.known,
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: estimate,
    getItemKey,
    rangeExtractor,
    paddingStart: HEAD,
    gap: GAP,
    overscan: 4,
    anchorTo: 'end',
    // The end is followed by `useFollow`, which knows who scrolled.
    scrollEndThreshold: -1,
  })
  useImperativeHandle(handle, () => ({ reveal: (index) => virtualizer.scrollToIndex(index, { align: 'center' }) }), [
    virtualizer,
  ])
  useLayoutEffect(onLayout)
  useNearTop(box, { isWanted: hasOlder, onNearTop, count: ids.length })
  return (
    <div style={{ height: virtualizer.getTotalSize() }} className="relative">
      <div style={{ height: HEAD }} className="flex items-center justify-center">
        {head}
      </div>
      <ol
        aria-label="Messages"
        onFocus={(event) => setFocused(event.target.closest<HTMLElement>('[data-message]')?.dataset.message)}
        onBlur={() => setFocused(undefined)}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const id = ids[index]
          return (
            id !== undefined && (
              <li
                key={id}
                ref={virtualizer.measureElement}
                data-index={index}
                data-message={id}
                style={{ top: start }}
                className="absolute inset-x-0"
              >
                {renderMessage(id)}
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}

/** What is near the view, and the message that has the focus, wherever it is. */
function indexesOf(range: Range, ids: readonly string[], focused: string | undefined): number[] {
  const from = Math.max(range.startIndex - range.overscan, 0)
  const to = Math.min(range.endIndex + range.overscan, range.count - 1)
  const indexes = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const at = focused === undefined ? -1 : ids.indexOf(focused)
  return at === -1 || indexes.includes(at) ? indexes : [...indexes, at].toSorted((a, b) => a - b)
}
