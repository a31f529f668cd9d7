'use client'

import { ChevronsUpDown, CircleCheckBig, LogOut, PanelLeftClose, Plug, SquarePen } from 'lucide-react'
import { useIsMac } from '../../ui/browser/use-is-mac.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { PageLink } from '../../ui/page-link.tsx'
import { useApprovals } from '../feed/approvals.ts'
import { HistoryList } from '../history/history-list.tsx'
import { HistorySearch } from '../history/history-search.tsx'
import { useMay, useSessionActions, useUser } from '../session/session-provider.tsx'
import { useAppName } from '../settings/settings.tsx'
import { NavLink } from './nav-link.tsx'
import { searchHasFocus, useWantsSearch } from './use-sidebar.ts'
import { UserMenu } from './user-menu.tsx'

/** The sidebar with words. `onCollapse` is absent in the drawer of a phone. */
export function SidebarPanel({ onCollapse }: { onCollapse?: () => void }) {
  const appName = useAppName()
  const user = useUser()
  const count = useApprovals((it) => it.count)
  const seesApprovals = useMay('see-approvals')
  const isMac = useIsMac()
  const wantsSearch = useWantsSearch()
  const { logout } = useSessionActions()
  const name = user?.full_name?.trim() || user?.email || 'Account'
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-12 shrink-0 items-center gap-1 pr-2.5 pl-4">
        <PageLink
          href="/"
          className="flex min-w-0 flex-1 items-center gap-2.5 rounded-sm text-lg font-semibold tracking-[-0.01em]"
        >
          <Mark className="size-5.5 shrink-0" />
          <span className="truncate">{appName}</span>
        </PageLink>
        {onCollapse !== undefined && (
          <IconButton label="Collapse sidebar" side="right" onClick={onCollapse}>
            <PanelLeftClose aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <nav aria-label="Main" className="flex shrink-0 flex-col gap-0.5 px-3 pt-1 pb-1">
        <NavLink href="/" label="New chat" icon={<SquarePen aria-hidden="true" />} />
        {seesApprovals && (
          <NavLink href="/approvals" label="Approvals" icon={<CircleCheckBig aria-hidden="true" />} count={count} />
        )}
        <NavLink href="/integrations" label="Integrations" icon={<Plug aria-hidden="true" />} />
        <HistorySearch wantsFocus={wantsSearch} onFocus={searchHasFocus} keys={isMac ? '⌘ K' : 'Ctrl K'} />
      </nav>
      <HistoryList />
      <div className="flex shrink-0 items-center gap-1 border-t border-line py-2 pr-2.5 pl-3">
        <UserMenu
          side="top"
          trigger={
            <button
              type="button"
              aria-label={`${name}: theme and shortcuts`}
              className="flex h-8 min-w-0 flex-1 cursor-pointer items-center gap-2 rounded-md px-2 text-left text-sm text-ink-2 transition-colors duration-120 hover:bg-ink/5 hover:text-ink aria-expanded:bg-ink/5"
            >
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
            </button>
          }
        />
        <IconButton label="Log out" onClick={() => void logout()} className="size-8">
          <LogOut aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  )
}
