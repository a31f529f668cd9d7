const scrolled = new WeakMap<Element, number>()

/** Scrolls what its reader has not scrolled themselves, as the end of what grows is followed. */
export function scrollUnasked(element: Element, top: number): void {
  element.scrollTop = top
  scrolled.set(element, performance.now())
}

/** When it was last scrolled so, by the clock of the page; before its time if never. */
export function unaskedScrollAt(element: Element): number {
  return scrolled.get(element) ?? Number.NEGATIVE_INFINITY
}
