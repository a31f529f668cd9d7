'use client'

import { useSyncExternalStore } from 'react'
import { useLoaded } from '../loading/use-loaded.ts'
import { hasToasts } from './toast.ts'

const loadToaster = () => import('./toaster.tsx').then((it) => it.Toaster)

/** Placed once, at the end of the page. */
export function Toasts() {
  const isWanted = useSyncExternalStore(hasToasts.subscribe, hasToasts.get, () => false)
  const Toaster = useLoaded(loadToaster, isWanted)
  return Toaster && <Toaster />
}
