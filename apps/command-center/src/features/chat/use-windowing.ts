'use client'

import type { Range, VirtualItem, Virtualizer } from '@tanstack/virtual-core'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useReducer, useState } from 'react'

/** From this many messages on only those near the view are drawn. */
const MANY = 100
/** From here on what does so is loaded: it is there when it is needed. */
const SOON = 80
/** Of many that come at once, so many are drawn until it is loaded. */
const FIRST = 12

type Core = typeof import('@tanstack/virtual-core')
type Windowing = Virtualizer<HTMLElement, HTMLLIElement>
/** What stood on the screen as it took over. */
type Standing = { initialRect: { width: number; height: number }; initialOffset: number; known: VirtualItem[] }

type WindowingOptions = {
  ids: readonly string[]
  box: RefObject<HTMLElement | null>
  list: RefObject<HTMLElement | null>
  estimate: (index: number) => number
  /** Stays drawn, wherever it is. */
  focused: string | undefined
  /** Room above the first message and between two of them, in pixels. */
  head: number
  gap: number
}

/**
 * Which messages are drawn. A few are all drawn, one below the other: `drawn` is from where on. From a hundred on
 * `windowing` says which, and where each stands; it takes over from what is on the screen, and nothing moves.
 */
export function useWindowing(options: WindowingOptions): { windowing: Windowing | undefined; drawn: number } {
  const { ids, box, list, estimate, focused, head, gap } = options
  const { core, isMissing } = useCore(ids.length >= SOON)
  const [held, setHeld] = useState<{ windowing: Windowing; standing: Standing }>()
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const drawn = useDrawn(ids, isMissing)

  const getItemKey = useCallback((index: number) => ids[index] ?? index, [ids])
  const rangeExtractor = useCallback(
    (range: Range) => {
      const from = Math.max(range.startIndex - range.overscan, 0)
      const to = Math.min(range.endIndex + range.overscan, range.count - 1)
      const indexes = Array.from({ length: to - from + 1 }, (_, index) => from + index)
      const at = focused === undefined ? -1 : ids.indexOf(focused)
      return at === -1 || indexes.includes(at) ? indexes : [...indexes, at].toSorted((a, b) => a - b)
    },
    [focused, ids],
  )
  const settings = (from: Core, { known, ...standing }: Standing) => ({
    ...standing,
    initialMeasurementsCache: known,
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: estimate,
    getItemKey,
    rangeExtractor,
    paddingStart: head,
    gap,
    overscan: 4,
    anchorTo: 'end' as const,
    // The list follows its end by itself: it knows who scrolled.
    scrollEndThreshold: -1,
    observeElementRect: from.observeElementRect,
    observeElementOffset: from.observeElementOffset,
    scrollToFn: from.elementScroll,
    onChange: redraw,
  })
  useLayoutEffect(() => {
    if (core === undefined || held !== undefined || ids.length < MANY) return
    const [boxNow, listNow] = [box.current, list.current]
    if (boxNow === null || listNow === null) return
    const standing = standingOf(boxNow, listNow, { estimate, drawn, head, gap })
    setHeld({ standing, windowing: new core.Virtualizer(settings(core, standing)) })
  })
  if (core !== undefined) held?.windowing.setOptions(settings(core, held.standing))
  useLayoutEffect(() => held?.windowing._didMount(), [held])
  useLayoutEffect(() => held?.windowing._willUpdate())
  return { windowing: held?.windowing, drawn }
}

/** Loaded once for all conversations. Where it cannot be, as after a new version was installed, all is drawn. */
function useCore(isNeeded: boolean): { core: Core | undefined; isMissing: boolean } {
  const [loaded, setLoaded] = useState<Core | 'missing'>()
  useEffect(() => {
    if (!isNeeded) return
    let isHere = true
    const take = (result: Core | 'missing') => isHere && setLoaded(result)
    import('@tanstack/virtual-core').then(take, () => take('missing'))
    return () => {
      isHere = false
    }
  }, [isNeeded])
  return loaded === 'missing' ? { core: undefined, isMissing: true } : { core: loaded, isMissing: false }
}

/** Place of the first message that is drawn while all below it are. What was drawn stays drawn. */
function useDrawn(ids: readonly string[], isMissing: boolean): number {
  const [first, setFirst] = useState<string>()
  const known = first === undefined ? -1 : ids.indexOf(first)
  const few = ids.length < MANY || isMissing
  const drawn = few ? 0 : known === -1 ? Math.max(0, ids.length - FIRST) : known
  const next = ids[drawn]
  if (next !== first) setFirst(next)
  return drawn
}

type Geometry = Pick<WindowingOptions, 'estimate' | 'head' | 'gap'> & { drawn: number }

/** The place in the box stays where it is on the screen, with what is above it measured or, undrawn, guessed. */
function standingOf(box: HTMLElement, list: HTMLElement, { estimate, drawn, head, gap }: Geometry): Standing {
  const elements = [...list.children].filter((it) => it instanceof HTMLElement)
  let start = head
  for (let index = 0; index < drawn; index++) start += estimate(index) + gap
  let initialOffset = box.scrollTop
  const known = elements.map((element, at) => {
    const { offsetTop, offsetHeight: size } = element
    const item = {
      key: element.dataset.message ?? drawn + at,
      index: drawn + at,
      start,
      size,
      end: start + size,
      lane: 0,
    }
    if (at === 0 || offsetTop <= box.scrollTop) initialOffset = box.scrollTop + start - offsetTop
    start = item.end + gap
    return item
  })
  return { initialRect: { width: box.clientWidth, height: box.clientHeight }, initialOffset, known }
}
