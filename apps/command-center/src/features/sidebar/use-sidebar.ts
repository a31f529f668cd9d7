'use client'

import { useLayoutEffect, useSyncExternalStore } from 'react'
import { parseStored, readStored, watchStored, writeStored } from '../../ui/browser/stored.ts'
import { createSignal } from '../../ui/create-signal.ts'
import { sidebarKey, wideScreen } from '../settings/appearance.ts'

/** On a phone the sidebar is a drawer. */
export const narrowScreen = '(max-width: 39.99rem)'

const drawer = createSignal(false)
const wantsSearch = createSignal(false)

export function setDrawerOpen(isOpen: boolean): void {
  drawer.set(isOpen)
}

export function useDrawer(): boolean {
  return useSyncExternalStore(drawer.subscribe, drawer.get, () => false)
}

/** Whether the search field is to get the focus, and does not have it yet. */
export function useWantsSearch(): boolean {
  return useSyncExternalStore(wantsSearch.subscribe, wantsSearch.get, () => false)
}

export function searchHasFocus(): void {
  wantsSearch.set(false)
}

export function expandSidebar(isExpanded: boolean): void {
  writeStored(sidebarKey, JSON.stringify(isExpanded))
}

export function toggleSidebar(): void {
  if (matchMedia(narrowScreen).matches) drawer.set(!drawer.get())
  else expandSidebar(document.documentElement.dataset.sidebar === 'rail')
}

/** Opens whatever hides the search field, and puts the caret into it. */
export function focusSearch(): void {
  if (matchMedia(narrowScreen).matches) drawer.set(true)
  else if (document.documentElement.dataset.sidebar === 'rail') expandSidebar(true)
  wantsSearch.set(true)
}

/** Undefined until the page is alive: what the first paint showed was drawn before this code ran. */
export function useSidebar(): 'panel' | 'rail' | undefined {
  const half = useSyncExternalStore(watch, read, () => undefined)
  useLayoutEffect(() => {
    if (half !== undefined) document.documentElement.dataset.sidebar = half
  }, [half])
  return half
}

function read(): 'panel' | 'rail' {
  const chosen = parseStored(readStored(sidebarKey))
  return (typeof chosen === 'boolean' ? chosen : matchMedia(wideScreen).matches) ? 'panel' : 'rail'
}

function watch(listener: () => void): () => void {
  const width = matchMedia(wideScreen)
  width.addEventListener('change', listener)
  const unwatch = watchStored(listener)
  return () => {
    width.removeEventListener('change', listener)
    unwatch()
  }
}
