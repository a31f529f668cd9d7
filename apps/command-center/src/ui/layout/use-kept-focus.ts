'use client'

import { useEffect, useLayoutEffect, useRef } from 'react'

/**
 * When what had the focus inside the card is gone with the card's former shape, the card itself has it: whoever works
 * by keyboard is not sent back to the top of the page.
 */
export function useKeptFocus(callId: string, shape: 'waiting' | 'coming' | 'busy' | 'ended'): void {
  const wasInside = useRef(false)
  useEffect(() => {
    if (shape === 'ended') return
    const note = ({ target }: FocusEvent) => {
      wasInside.current = cardOf(callId)?.contains(target as Node) ?? false
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [callId, shape])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the new shape that takes the focus away
  useLayoutEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (wasInside.current && isLost) cardOf(callId)?.focus({ preventScroll: true })
  }, [callId, shape])
}

function cardOf(callId: string): HTMLElement | null {
  return document.getElementById(`call-${callId}`)
}
