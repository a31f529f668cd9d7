'use client'

import { Component, createRef, type ReactNode } from 'react'

type KeepsRoomProps = {
  /** What stands here; when this changes, it may have become smaller. */
  shape: string
  isOn: boolean
  children: ReactNode
}

/** In pixels of what it stands in, not of the screen. */
type Room = { height: number; end: number }

/**
 * What becomes smaller keeps the room that it had, and stands at its lower edge, for as long as it is told: what is
 * below does not come up under a pointer that is about to press something there.
 */
export class KeepsRoom extends Component<KeepsRoomProps> {
  readonly box = createRef<HTMLDivElement>()

  override getSnapshotBeforeUpdate(before: KeepsRoomProps): Room | null {
    const { shape, isOn } = this.props
    const box = this.box.current
    if (box === null || (before.shape === shape && before.isOn === isOn)) return null
    return { height: box.offsetHeight, end: box.offsetTop + box.offsetHeight }
  }

  override componentDidUpdate(_: KeepsRoomProps, __: unknown, room: Room | null): void {
    const box = this.box.current
    if (box === null || room === null) return
    // At first as high as before: were the page shorter for a moment, it would be scrolled back.
    box.style.minHeight = this.props.isOn ? `${room.height}px` : ''
    if (this.props.isOn) box.style.minHeight = `${Math.max(0, room.end - box.offsetTop)}px`
  }

  override render(): ReactNode {
    return (
      <div ref={this.box} className="grid grid-cols-1 items-end">
        {this.props.children}
      </div>
    )
  }
}
