/** The nearest element around this one that scrolls up and down and is fit for what is meant; else the page itself. */
export function scrollParent(element: Element, isFit: (parent: Element) => boolean = () => true): Element {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent)
    if ((overflowY === 'auto' || overflowY === 'scroll') && isFit(parent)) return parent
  }
  return document.scrollingElement ?? document.documentElement
}
