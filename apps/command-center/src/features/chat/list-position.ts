import type { VirtualItem } from '@tanstack/react-virtual'
import { GAP, HEAD } from './message-list-props.ts'

/** Where messages stand on the screen: what draws only those near the view goes on from there. */
export type ListPosition = {
  initialRect: { width: number; height: number }
  initialOffset: number
  known: VirtualItem[]
}

/**
 * The place of the box among its messages stays where it is on the screen. What stands above it is measured or, where
 * it is not drawn, estimated.
 * @param drawn index of the first message that is drawn
 */
export function listPositionOf(
  box: HTMLElement,
  list: HTMLElement,
  { estimate, drawn }: { estimate: (index: number) => number; drawn: number },
): ListPosition {
  const elements = [...list.children].filter((it) => it instanceof HTMLElement)
  let start = HEAD
  for (let index = 0; index < drawn; index++) start += estimate(index) + GAP
  let initialOffset = box.scrollTop
  const known = elements.map((element, at) => {
    const { offsetTop, offsetHeight: size } = element
    const index = drawn + at
    const item = { key: element.dataset.message ?? index, index, start, size, end: start + size, lane: 0 }
    if (at === 0 || offsetTop <= box.scrollTop) initialOffset = box.scrollTop + start - offsetTop
    start = item.end + GAP
    return item
  })
  return { initialRect: { width: box.clientWidth, height: box.clientHeight }, initialOffset, known }
}
