'use client'

import { useSyncExternalStore } from 'react'

const subscribe = () => () => {}

/** Whether the command key plays the part of Ctrl. */
export function useIsMac(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => /mac|iphone|ipad/i.test(navigator.platform),
    () => false,
  )
}
