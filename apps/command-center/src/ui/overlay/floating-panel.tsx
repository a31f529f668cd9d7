'use client'

import { type ComponentProps, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { cx } from '../cx.ts'
import { type Align, placeBeside, type Side } from './place-beside.ts'

type FloatingPanelProps = ComponentProps<'div'> & {
  anchor: RefObject<HTMLElement | null>
  side: Side
  align: Align
  gap?: number
  /** On Escape, and on a press anywhere else. */
  onDismiss: () => void
  /** It alone closes then, not what lies under it. */
  takesEscape?: boolean
}

/** Lies over the page beside what it belongs to, and moves along with it. */
export function FloatingPanel({
  anchor,
  side,
  align,
  gap = 4,
  onDismiss,
  takesEscape = true,
  className,
  children,
  ...rest
}: FloatingPanelProps) {
  const panel = useRef<HTMLDivElement>(null)
  const dismiss = useRef(onDismiss)
  useEffect(() => {
    dismiss.current = onDismiss
  })

  useLayoutEffect(() => {
    const place = () => {
      if (panel.current === null || anchor.current === null) return
      const { offsetWidth: width, offsetHeight: height } = panel.current
      const window = { width: document.documentElement.clientWidth, height: innerHeight }
      const at = placeBeside(anchor.current.getBoundingClientRect(), { width, height }, window, { side, align, gap })
      Object.assign(panel.current.style, { left: `${at.left}px`, top: `${at.top}px` })
    }
    place()
    addEventListener('resize', place)
    addEventListener('scroll', place, { capture: true, passive: true })
    return () => {
      removeEventListener('resize', place)
      removeEventListener('scroll', place, { capture: true })
    }
  }, [anchor, side, align, gap])

  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      const target = event.target as Node
      if (panel.current?.contains(target) !== true && anchor.current?.contains(target) !== true) dismiss.current()
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      if (takesEscape) {
        event.stopImmediatePropagation()
        event.preventDefault()
      }
      dismiss.current()
    }
    document.addEventListener('pointerdown', onPress, true)
    addEventListener('keydown', onKey, true)
    return () => {
      document.removeEventListener('pointerdown', onPress, true)
      removeEventListener('keydown', onKey, true)
    }
  }, [anchor, takesEscape])

  // Inside an open dialog, as nothing outside of it can be reached.
  const host = anchor.current?.closest('[role="dialog"]') ?? document.body
  return createPortal(
    <div {...rest} ref={panel} className={cx('fixed top-0 left-0 z-50', className)}>
      {children}
    </div>,
    host,
  )
}
