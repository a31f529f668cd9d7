import { describe, expect, it } from 'vitest'
import { placeBeside } from './place-beside.ts'

const window = { width: 1000, height: 600 }
const panel = { width: 200, height: 100 }
const anchorAt = (left: number, top: number) => ({ left, top, width: 50, height: 20 })

describe('placeBeside', () => {
  it('takes the wished side and alignment', () => {
    const anchor = anchorAt(400, 300)
    expect(placeBeside(anchor, panel, window, { side: 'bottom', align: 'start', gap: 4 })).toEqual({
      left: 400,
      top: 324,
    })
    expect(placeBeside(anchor, panel, window, { side: 'bottom', align: 'end', gap: 4 })).toEqual({
      left: 250,
      top: 324,
    })
    expect(placeBeside(anchor, panel, window, { side: 'top', align: 'center', gap: 4 })).toEqual({
      left: 325,
      top: 196,
    })
    expect(placeBeside(anchor, panel, window, { side: 'right', align: 'center', gap: 4 })).toEqual({
      left: 454,
      top: 260,
    })
    expect(placeBeside(anchor, panel, window, { side: 'left', align: 'start', gap: 4 })).toEqual({
      left: 196,
      top: 300,
    })
  })

  it('takes the other side where the wished one has no room and the other has more', () => {
    expect(placeBeside(anchorAt(400, 560), panel, window, { side: 'bottom', align: 'start', gap: 4 }).top).toBe(456)
    expect(placeBeside(anchorAt(400, 10), panel, window, { side: 'top', align: 'start', gap: 4 }).top).toBe(34)
    expect(placeBeside(anchorAt(900, 300), panel, window, { side: 'right', align: 'start', gap: 4 }).left).toBe(696)
  })

  it('stays inside of the window', () => {
    expect(placeBeside(anchorAt(0, 300), panel, window, { side: 'bottom', align: 'end', gap: 4 }).left).toBe(8)
    expect(placeBeside(anchorAt(940, 300), panel, window, { side: 'bottom', align: 'start', gap: 4 }).left).toBe(792)
    const narrow = { width: 150, height: 90 }
    expect(placeBeside(anchorAt(40, 40), panel, narrow, { side: 'bottom', align: 'end', gap: 4 })).toEqual({
      left: 8,
      top: 8,
    })
  })
})
