'use client'

import { Component, createRef, type ReactNode } from 'react'

type HoldHeightProps = {
  /** What stands here; when this changes, it may have become smaller. */
  shape: string
  isOn: boolean
  children: ReactNode
}

/** In pixels of what it stands in, not of the screen. */
type Extent = { height: number; end: number }

/**
 * Content that becomes smaller keeps its former height while `isOn`, and stands at its lower edge. So nothing below it
 * comes up under a pointer that is about to press.
 */
export class HoldHeight extends Component<HoldHeightProps> {
  readonly box = createRef<HTMLDivElement>()

  override getSnapshotBeforeUpdate(before: HoldHeightProps): Extent | null {
    const { shape, isOn } = this.props
    const box = this.box.current
    if (box === null || (before.shape === shape && before.isOn === isOn)) return null
    return { height: box.offsetHeight, end: box.offsetTop + box.offsetHeight }
  }

  override componentDidUpdate(_: HoldHeightProps, __: unknown, extent: Extent | null): void {
    const box = this.box.current
    if (box === null || extent === null) return
    // At first as high as before: a page that gets shorter is scrolled back.
    box.style.minHeight = this.props.isOn ? `${extent.height}px` : ''
    if (this.props.isOn) box.style.minHeight = `${Math.max(0, extent.end - box.offsetTop)}px`
  }

  override render(): ReactNode {
    return (
      <div ref={this.box} className="grid grid-cols-1 items-end">
        {this.props.children}
      </div>
    )
  }
}
