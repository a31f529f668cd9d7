'use client'

import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual'
import {
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useState,
} from 'react'

/** From this many messages on only those near the view are drawn. */
const MANY = 100
/** Room for what says that older messages are read. */
const HEAD = 40
const NEAR_TOP = 600

export type MessageListHandle = {
  /** Brings a message into view; its element is there a frame later. */
  reveal: (index: number) => void
}

type MessageListProps = {
  ids: readonly string[]
  box: RefObject<HTMLElement | null>
  handle: RefObject<MessageListHandle | null>
  renderMessage: (id: string, index: number) => ReactNode
  estimate: (index: number) => number
  /** Called after each layout: who follows the end keeps it in view. */
  onLayout: () => void
  hasOlder: boolean
  /** There is room to read older ones. */
  onNearTop: () => void
  head: ReactNode
}

/** Messages one below the other. Older ones that come above, and heights that turn out otherwise, move nothing in view. */
export function MessageList(props: MessageListProps) {
  const { ids, box, handle, renderMessage, estimate, onLayout, hasOlder, onNearTop, head } = props
  const [focused, setFocused] = useState<string | undefined>(undefined)
  const keptRange = useCallback(
    (range: Range) => {
      if (range.count < MANY) return Array.from({ length: range.count }, (_, index) => index)
      const indexes = defaultRangeExtractor(range)
      const at = focused === undefined ? -1 : ids.indexOf(focused)
      if (at === -1 || indexes.includes(at)) return indexes
      return [...indexes, at].toSorted((a, b) => a - b)
    },
    [focused, ids],
  )
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: estimate,
    getItemKey: (index) => ids[index] ?? index,
    rangeExtractor: keptRange,
    paddingStart: HEAD,
    gap: 22,
    overscan: 4,
    // The end is drawn first, and nothing else before it.
    initialOffset: Number.MAX_SAFE_INTEGER,
    anchorTo: 'end',
    // The list follows its end by itself: it knows who scrolled.
    scrollEndThreshold: -1,
    useFlushSync: false,
  })
  useImperativeHandle(handle, () => ({ reveal: (index) => virtualizer.scrollToIndex(index, { align: 'center' }) }), [
    virtualizer,
  ])
  useLayoutEffect(onLayout)

  const items = virtualizer.getVirtualItems()
  const isNearTop = hasOlder && (virtualizer.scrollOffset ?? Number.POSITIVE_INFINITY) < NEAR_TOP
  useEffect(() => {
    if (isNearTop && ids.length > 0) onNearTop()
  }, [isNearTop, ids.length, onNearTop])

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
        {items.map((item) => {
          const id = ids[item.index]
          return (
            id !== undefined && (
              <li
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                data-message={id}
                style={{ top: item.start }}
                className="absolute inset-x-0"
              >
                {renderMessage(id, item.index)}
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}
