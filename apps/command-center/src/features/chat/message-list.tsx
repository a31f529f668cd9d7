'use client'

import {
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useHeldPlace } from './use-held-place.ts'
import { useWindowing } from './use-windowing.ts'

/** Room for what says that older messages are read. */
const HEAD = 40
const GAP = 22
const NEAR_TOP = 600
const SHORT_MS = 500

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
  const list = useRef<HTMLOListElement>(null)
  const [focused, setFocused] = useState<string | undefined>(undefined)
  const { windowing, drawn } = useWindowing({ ids, box, list, estimate, focused, head: HEAD, gap: GAP })
  useHeldPlace(box, list, windowing === undefined)
  useImperativeHandle(
    handle,
    () => ({
      reveal: (index) => {
        if (windowing !== undefined) windowing.scrollToIndex(index, { align: 'center' })
        else list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'center' })
      },
    }),
    [windowing],
  )
  useLayoutEffect(onLayout)
  useNearTop(box, { isWanted: hasOlder && (windowing !== undefined || drawn === 0), onNearTop, count: ids.length })

  const places = windowing?.getVirtualItems() ?? placesFrom(drawn, ids.length)
  return (
    <div style={{ height: windowing?.getTotalSize() }} className="relative">
      <div style={{ height: HEAD }} className="flex items-center justify-center">
        {head}
      </div>
      <ol
        ref={list}
        aria-label="Messages"
        style={windowing === undefined ? { rowGap: GAP } : undefined}
        className={windowing === undefined ? 'flex flex-col' : undefined}
        onFocus={(event) => setFocused(event.target.closest<HTMLElement>('[data-message]')?.dataset.message)}
        onBlur={() => setFocused(undefined)}
      >
        {places.map(({ index, start }) => {
          const id = ids[index]
          return (
            id !== undefined && (
              <li
                key={id}
                ref={windowing?.measureElement}
                data-index={index}
                data-message={id}
                style={{ top: start }}
                className={start === undefined ? undefined : 'absolute inset-x-0'}
              >
                {renderMessage(id, index)}
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}

function placesFrom(first: number, count: number): { index: number; start?: number }[] {
  return Array.from({ length: count - first }, (_, at) => ({ index: first + at }))
}

type NearTop = { isWanted: boolean; onNearTop: () => void; count: number }

/** Asks for older messages once their place is about to come into view. */
function useNearTop(box: RefObject<HTMLElement | null>, { isWanted, onNearTop, count }: NearTop): void {
  useEffect(() => {
    const element = box.current
    if (!isWanted || element === null || count === 0) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const isNear = () => element.scrollTop < NEAR_TOP
    const look = () => {
      clearTimeout(timer)
      if (!isNear()) return
      const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= 1
      if (!isAtEnd) return onNearTop()
      // Nobody has scrolled: what is short now may only not be drawn yet.
      timer = setTimeout(() => isNear() && onNearTop(), SHORT_MS)
    }
    look()
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      clearTimeout(timer)
      element.removeEventListener('scroll', look)
    }
  }, [box, isWanted, onNearTop, count])
}
