export type Side = 'top' | 'right' | 'bottom' | 'left'
export type Align = 'start' | 'center' | 'end'
type Box = { left: number; top: number; width: number; height: number }
type Size = { width: number; height: number }
type Wish = { side: Side; align: Align; gap: number }

/** Room that is kept to the window's edge. */
const margin = 8
const opposite: Record<Side, Side> = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' }

/** Where a panel goes beside what it belongs to: on the wished side, on the other where that has more room. */
export function placeBeside(anchor: Box, panel: Size, window: Size, { side, align, gap }: Wish) {
  const space: Record<Side, number> = {
    top: anchor.top,
    bottom: window.height - anchor.top - anchor.height,
    left: anchor.left,
    right: window.width - anchor.left - anchor.width,
  }
  const isVertical = side === 'top' || side === 'bottom'
  const needed = (isVertical ? panel.height : panel.width) + gap + margin
  const taken = space[side] < needed && space[opposite[side]] > space[side] ? opposite[side] : side

  const along = (start: number, length: number, own: number) => {
    if (align === 'start') return start
    return align === 'end' ? start + length - own : start + (length - own) / 2
  }
  const left = {
    left: anchor.left - panel.width - gap,
    right: anchor.left + anchor.width + gap,
    top: along(anchor.left, anchor.width, panel.width),
    bottom: along(anchor.left, anchor.width, panel.width),
  }[taken]
  const top = {
    top: anchor.top - panel.height - gap,
    bottom: anchor.top + anchor.height + gap,
    left: along(anchor.top, anchor.height, panel.height),
    right: along(anchor.top, anchor.height, panel.height),
  }[taken]
  return { left: kept(left, panel.width, window.width), top: kept(top, panel.height, window.height) }
}

/** Inside of the window; its start where it is larger than the window. */
function kept(start: number, length: number, whole: number): number {
  return Math.round(Math.max(margin, Math.min(start, whole - length - margin)))
}
