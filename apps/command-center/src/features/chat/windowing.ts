import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core'
import type { WindowingOptions } from './use-windowing.ts'

type Options = VirtualizerOptions<HTMLElement, HTMLLIElement>
export type Windowing = Virtualizer<HTMLElement, HTMLLIElement>

/** What stood on the screen as it took over. */
export type Standing = { initialRect: { width: number; height: number }; initialOffset: number; known: VirtualItem[] }

type Settings = Pick<WindowingOptions, 'ids' | 'box' | 'estimate' | 'head' | 'gap'> &
  Pick<Options, 'getItemKey' | 'rangeExtractor' | 'onChange'>

export function startWindowing(settings: Settings, standing: Standing): Windowing {
  return new Virtualizer(windowingOptions(settings, standing))
}

export function windowingOptions(settings: Settings, { known, ...standing }: Standing): Options {
  const { ids, box, estimate, head, gap, ...rest } = settings
  return {
    ...standing,
    ...rest,
    initialMeasurementsCache: known,
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: estimate,
    paddingStart: head,
    gap,
    overscan: 4,
    anchorTo: 'end',
    // The list follows its end by itself: it knows who scrolled.
    scrollEndThreshold: -1,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
  }
}

type Geometry = Pick<WindowingOptions, 'estimate' | 'head' | 'gap'> & { drawn: number }

/** The place in the box stays where it is on the screen, with what is above it measured or, undrawn, guessed. */
export function standingOf(box: HTMLElement, list: HTMLElement, { estimate, drawn, head, gap }: Geometry): Standing {
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
