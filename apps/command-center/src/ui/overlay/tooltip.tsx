'use client'

import {
  cloneElement,
  type PointerEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { useLoaded } from '../loading/use-loaded.ts'
import type { Side } from './place-beside.ts'

type AnchorProps = {
  'aria-describedby'?: string
  'aria-label'?: string
  onPointerEnter?: (event: PointerEvent) => void
}
type TooltipProps = {
  text: string
  /** One element that takes a `ref` and events. */
  children: ReactElement<AnchorProps>
  side?: Side
}

const delayMs = 100

/** Says more about what is under the pointer or has the focus; never the only carrier of a meaning. */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  const id = useId()
  const wrapper = useRef<HTMLSpanElement>(null)
  const anchor = useRef<HTMLElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [isShown, setShown] = useState(false)
  useEffect(() => () => clearTimeout(timer.current), [])

  const show = (afterMs: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      anchor.current = wrapper.current?.firstElementChild as HTMLElement | null
      setShown(true)
    }, afterMs)
  }
  const hide = () => {
    clearTimeout(timer.current)
    setShown(false)
  }
  // What repeats the name need not be said twice.
  const describes = isShown && children.props['aria-label'] !== text && children.props['aria-describedby'] === undefined
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what happens to the one element inside
    <span
      ref={wrapper}
      className="contents"
      onPointerEnter={(event) => event.pointerType !== 'touch' && show(delayMs)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(':focus-visible') && show(0)}
      onBlur={hide}
    >
      {describes ? cloneElement(children, { 'aria-describedby': id }) : children}
      {isShown && <TooltipText id={id} anchor={anchor} side={side} text={text} onDismiss={hide} />}
    </span>
  )
}

type TooltipTextProps = {
  id: string
  anchor: RefObject<HTMLElement | null>
  side: Side
  text: string
  onDismiss: () => void
}

const loadPanel = () => import('./floating-panel.tsx').then((it) => it.FloatingPanel)

function TooltipText({ id, anchor, side, text, onDismiss }: TooltipTextProps) {
  const FloatingPanel = useLoaded(loadPanel)
  if (FloatingPanel === undefined) return null
  return (
    <FloatingPanel
      id={id}
      role="tooltip"
      anchor={anchor}
      side={side}
      align="center"
      gap={6}
      onDismiss={onDismiss}
      takesEscape={false}
      className="pointer-events-none w-max max-w-80 rounded-sm bg-ink px-2 py-1 text-xs wrap-anywhere text-bg"
    >
      {text}
    </FloatingPanel>
  )
}
