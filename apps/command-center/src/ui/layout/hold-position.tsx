'use client'

import { Component, createRef, type ReactNode } from 'react'

type HoldPositionProps = {
  /** When this changes, the place on the screen stays. */
  when: string
  children: ReactNode
}

/**
 * What stands here does not move on the screen when what is above it is replaced: a button must not slide under a
 * pointer that is about to press. The page is scrolled by as much; where there is nothing to scroll, the element above
 * keeps its height, and scrolls inside when it holds more.
 */
export class HoldPosition extends Component<HoldPositionProps> {
  readonly box = createRef<HTMLDivElement>()

  override getSnapshotBeforeUpdate(before: HoldPositionProps): number | null {
    const box = this.box.current
    return box === null || before.when === this.props.when ? null : box.getBoundingClientRect().top
  }

  override componentDidUpdate(_: HoldPositionProps, __: unknown, top: number | null): void {
    const box = this.box.current
    if (box === null || top === null) return
    const above = box.previousElementSibling
    const style = above instanceof HTMLElement ? above.style : undefined
    if (style !== undefined) style.height = style.overflowY = ''
    const offset = () => box.getBoundingClientRect().top - top
    const scroller = scrollerOf(box)
    const [scrolled, grown] = [scroller.scrollTop, offset()]
    scroller.scrollTop += grown
    const moved = offset()
    if (style === undefined || above === null || Math.abs(moved) < 1) return
    // Less to scroll than it has grown: what is cut off again would move the end of the page, and with it the rest.
    if (moved > 0) scroller.scrollTop = scrolled
    style.height = `${above.getBoundingClientRect().height - (moved > 0 ? grown : moved)}px`
    if (moved > 0) style.overflowY = 'auto'
  }

  override render(): ReactNode {
    return <div ref={this.box}>{this.props.children}</div>
  }
}

function scrollerOf(element: HTMLElement): Element {
  for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent)
    if ((overflowY === 'auto' || overflowY === 'scroll') && parent.scrollHeight > parent.clientHeight) return parent
  }
  return document.scrollingElement ?? document.documentElement
}
