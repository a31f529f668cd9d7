/** Where something stands on the screen, and how what it stands in is scrolled; in pixels of the page. */
export type ScreenPlace = {
  left: number
  top: number
  scrollTop: number
  scrollHeight: number
  isAtEnd: boolean
}

/**
 * Whether something has another place on the screen, for another reason than that its reader has scrolled.
 * @param isUnasked the page has scrolled in between by itself
 */
export function hasMoved(from: ScreenPlace, to: ScreenPlace, isUnasked: boolean): boolean {
  const [across, down] = [to.left - from.left, to.top - from.top]
  if (Math.abs(across) < 1 && Math.abs(down) < 1) return false
  const isScroll = Math.abs(across) < 1 && Math.abs(down + to.scrollTop - from.scrollTop) < 1
  // Where less is left to scroll, the browser scrolls back by itself.
  const isCutShort = to.isAtEnd && to.scrollHeight < from.scrollHeight
  return !isScroll || isUnasked || isCutShort
}
