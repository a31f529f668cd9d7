'use client'

import { type ReactNode, useSyncExternalStore } from 'react'
import { LiveRegion } from '../../ui/live-region.tsx'
import { Toasts } from '../../ui/toasts.tsx'
import { useLoaded } from '../../ui/use-loaded.ts'
import { ApprovalToasts } from './approval-toasts.tsx'
import { Banners } from './banners.tsx'
import { closeShortcuts, shortcutsList } from './shortcuts-state.ts'
import { Sidebar } from './sidebar.tsx'
import { SkipLink } from './skip-link.tsx'
import { useShortcuts } from './use-shortcuts.ts'

const loadShortcuts = () => import('./shortcuts-dialog.tsx').then((it) => it.ShortcutsDialog)

/** What surrounds every page of a person who is signed in. */
export function Shell({ children }: { children: ReactNode }) {
  useShortcuts()
  const showsShortcuts = useSyncExternalStore(shortcutsList.subscribe, shortcutsList.get, () => false)
  return (
    <div className="flex h-dvh min-w-0">
      <SkipLink />
      <Sidebar />
      <div className="flex min-w-0 flex-1 flex-col">
        <Banners />
        {children}
      </div>
      {showsShortcuts && <Shortcuts />}
      <ApprovalToasts />
      <Toasts />
      <LiveRegion />
    </div>
  )
}

function Shortcuts() {
  const ShortcutsDialog = useLoaded(loadShortcuts)
  return ShortcutsDialog && <ShortcutsDialog isOpen onClose={closeShortcuts} />
}
