'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { useStored } from '../../ui/browser/use-stored.ts'
import { useMay } from '../session/session-provider.tsx'
import { singleKeysKey } from '../settings/appearance.ts'
import { createShortcutReader, type Shortcut } from '../shortcuts/read-shortcut.ts'
import { openShortcuts } from '../shortcuts/shortcuts-state.ts'
import { focusSearch, toggleSidebar } from '../sidebar/use-sidebar.ts'

/** The keys that work on every page. A page that takes one itself prevents its default. */
export function useShortcuts(): void {
  const router = useRouter()
  const path = usePathname()
  const seesApprovals = useMay('see-approvals')
  const [hasSingleKeys] = useStored(singleKeysKey, true)
  const act = useRef<(shortcut: Shortcut) => void>(() => {})
  const takesSingleKeys = useRef(hasSingleKeys)
  useEffect(() => {
    takesSingleKeys.current = hasSingleKeys
    act.current = (shortcut) => {
      if (shortcut === 'search') focusSearch()
      if (shortcut === 'toggle-sidebar') toggleSidebar()
      if (shortcut === 'new-chat') router.push('/')
      if (shortcut === 'show-shortcuts') openShortcuts()
      if (shortcut === 'go-to-approvals' && seesApprovals && !path.startsWith('/approvals')) router.push('/approvals')
    }
  })
  useEffect(() => {
    const readShortcut = createShortcutReader()
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing) return
      const takesLetters = takesSingleKeys.current && !isField(event.target) && !isUnderDialog()
      const shortcut = readShortcut(event, { takesLetters })
      if (shortcut === undefined || event.defaultPrevented) return
      if (isUnderDialog() && shortcut !== 'search') return
      event.preventDefault()
      act.current(shortcut)
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [])
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable="true"]') !== null
}

function isUnderDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null
}
