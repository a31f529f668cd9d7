'use client'

import { type ReactNode, useSyncExternalStore } from 'react'
import { useLoaded } from '../../ui/loading/use-loaded.ts'
import { LiveRegion } from '../../ui/toast/live-region.tsx'
import { Toasts } from '../../ui/toast/toasts.tsx'
import { closeShortcuts, shortcutsList } from '../shortcuts/shortcuts-state.ts'
import { Sidebar } from '../sidebar/sidebar.tsx'
import { ApprovalToasts } from './approval-toasts.tsx'
import { Banners } from './banners.tsx'
import { SkipLink } from './skip-link.tsx'
import { useShortcuts } from './use-shortcuts.ts'

const loadShortcuts = () => import('../shortcuts/shortcuts-dialog.tsx').then((it) => it.ShortcutsDialog)

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
