'use client'

import { useEffect, useImperativeHandle, useLayoutEffect, useReducer, useRef, useState } from 'react'
import { type ListPosition, listPositionOf } from './list-position.ts'
import { GAP, HEAD, type MessageListProps } from './message-list-props.ts'
import { useHeldPlace } from './use-held-place.ts'
import { useNearTop } from './use-near-top.ts'

/** From this many messages on, only those near the view are drawn. */
const MANY = 100
/** From this many on, what does so is loaded: it is there when it is needed. */
const SOON = 80
/** Of many that come at once, so many are drawn until it is loaded. */
const FIRST = 12

type Long = typeof import('./long-message-list.tsx')

/** Messages one below the other. Older ones that come above, and heights that turn out otherwise, move nothing in view. */
export function MessageList(props: MessageListProps) {
  const { long, isMissing } = useLong(props.ids.length >= SOON)
  const [position, setPosition] = useState<ListPosition>()
  if (long !== undefined && position !== undefined) return <long.LongMessageList {...props} position={position} />
  const isMany = props.ids.length >= MANY && !isMissing
  return <ShortMessageList {...props} isMany={isMany} onTakeOver={long === undefined ? undefined : setPosition} />
}

type ShortMessageListProps = MessageListProps & {
  /** They come to be drawn by the long list, which may still be loading. */
  isMany: boolean
  /** Gives the place over to the long list, once that is loaded. */
  onTakeOver: ((position: ListPosition) => void) | undefined
}

/** Draws every message, or of many that came at once the last ones. */
function ShortMessageList(props: ShortMessageListProps) {
  const { ids, box, handle, renderMessage, estimate, onLayout, hasOlder, onNearTop, head, isMany, onTakeOver } = props
  const list = useRef<HTMLOListElement>(null)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const drawn = useDrawn(ids, isMany)
  useHeldPlace(box, list)
  useImperativeHandle(
    handle,
    () => ({
      reveal: (index) => list.current?.querySelector(`[data-index="${index}"]`)?.scrollIntoView({ block: 'center' }),
    }),
    [],
  )
  useLayoutEffect(onLayout)
  useNearTop(box, { isWanted: hasOlder && drawn === 0, onNearTop, count: ids.length })
  useLayoutEffect(() => {
    if (!isMany || onTakeOver === undefined || box.current === null || list.current === null) return
    // The long list draws its messages again. It waits while the focus is in one of these.
    if (list.current.contains(document.activeElement)) return
    onTakeOver(listPositionOf(box.current, list.current, { estimate, drawn }))
  })
  return (
    <div className="relative">
      <div style={{ height: HEAD }} className="flex items-center justify-center">
        {head}
      </div>
      <ol ref={list} aria-label="Messages" style={{ rowGap: GAP }} className="flex flex-col" onBlur={redraw}>
        {ids.slice(drawn).map((id, at) => (
          <li key={id} data-index={drawn + at} data-message={id}>
            {renderMessage(id)}
          </li>
        ))}
      </ol>
    </div>
  )
}

/** Loaded once for all conversations. Where it cannot be, as after a new version was installed, all is drawn. */
function useLong(isNeeded: boolean): { long: Long | undefined; isMissing: boolean } {
  const [loaded, setLoaded] = useState<Long | 'missing'>()
  useEffect(() => {
    if (!isNeeded) return
    let isHere = true
    const take = (result: Long | 'missing') => isHere && setLoaded(result)
    import('./long-message-list.tsx').then(take, () => take('missing'))
    return () => {
      isHere = false
    }
  }, [isNeeded])
  return loaded === 'missing' ? { long: undefined, isMissing: true } : { long: loaded, isMissing: false }
}

/** Index of the first message that is drawn while all below it are. What was drawn stays drawn. */
function useDrawn(ids: readonly string[], isMany: boolean): number {
  const [first, setFirst] = useState<string>()
  const known = first === undefined ? -1 : ids.indexOf(first)
  const drawn = isMany ? (known === -1 ? Math.max(0, ids.length - FIRST) : known) : 0
  const next = ids[drawn]
  if (next !== first) setFirst(next)
  return drawn
}
