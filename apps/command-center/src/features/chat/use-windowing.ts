'use client'

import type { Range } from '@tanstack/virtual-core'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useReducer, useState } from 'react'
import type { Standing, Windowing } from './windowing.ts'

/** From this many messages on only those near the view are drawn. */
const MANY = 100
/** From here on what does so is loaded: it is there when it is needed. */
const SOON = 80
/** Of many that come at once, so many are drawn until it is loaded. */
const FIRST = 12

type Core = typeof import('./windowing.ts')

export type WindowingOptions = {
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
  const settings = { ids, box, estimate, getItemKey, rangeExtractor, head, gap, onChange: redraw }
  useLayoutEffect(() => {
    if (core === undefined || held !== undefined || ids.length < MANY) return
    const [boxNow, listNow] = [box.current, list.current]
    if (boxNow === null || listNow === null) return
    const standing = core.standingOf(boxNow, listNow, { estimate, drawn, head, gap })
    setHeld({ standing, windowing: core.startWindowing(settings, standing) })
  })
  if (core !== undefined) held?.windowing.setOptions(core.windowingOptions(settings, held.standing))
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
    import('./windowing.ts').then(take, () => take('missing'))
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
