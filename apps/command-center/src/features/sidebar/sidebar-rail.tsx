'use client'

import { CircleCheckBig, LogOut, PanelLeftOpen, Plug, Search, SlidersHorizontal, SquarePen } from 'lucide-react'
import { IconButton } from '../../ui/icon-button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { PageLink } from '../../ui/page-link.tsx'
import { useApprovals } from '../feed/approvals.ts'
import { useMay, useSessionActions } from '../session/session-provider.tsx'
import { useAppName } from '../settings/settings.tsx'
import { NavIcon } from './nav-link.tsx'
import { expandSidebar, focusSearch } from './use-sidebar.ts'
import { UserMenu } from './user-menu.tsx'

const wide = 'size-9 rounded-md'

/** The sidebar in pictures; a click beside them opens it. */
export function SidebarRail() {
  const appName = useAppName()
  const count = useApprovals((it) => it.count)
  const seesApprovals = useMay('see-approvals')
  const { logout } = useSessionActions()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      className="flex h-full cursor-e-resize flex-col items-center gap-1 pb-2"
      onClick={(event) => event.target === event.currentTarget && expandSidebar(true)}
    >
      <PageLink
        href="/"
        aria-label={appName}
        className="flex h-12 w-9 shrink-0 cursor-pointer items-center justify-center rounded-md"
      >
        <Mark />
      </PageLink>
      <IconButton label="Expand sidebar" side="right" className={wide} onClick={() => expandSidebar(true)}>
        <PanelLeftOpen aria-hidden="true" />
      </IconButton>
      <nav aria-label="Main" className="flex flex-col gap-1">
        <NavIcon href="/" label="New chat" icon={<SquarePen aria-hidden="true" />} />
        {seesApprovals && (
          <NavIcon href="/approvals" label="Approvals" icon={<CircleCheckBig aria-hidden="true" />} count={count} />
        )}
        <NavIcon href="/integrations" label="Integrations" icon={<Plug aria-hidden="true" />} />
      </nav>
      <IconButton label="Search chats" side="right" className={wide} onClick={focusSearch}>
        <Search aria-hidden="true" />
      </IconButton>
      <span className="pointer-events-none flex-1" />
      <UserMenu
        side="right"
        trigger={
          <button
            type="button"
            aria-label="Theme and shortcuts"
            className="inline-flex size-9 cursor-pointer items-center justify-center rounded-md text-ink-3 hover:bg-ink/6 hover:text-ink aria-expanded:bg-ink/6"
          >
            <SlidersHorizontal aria-hidden="true" className="size-4" />
          </button>
        }
      />
      <IconButton label="Log out" side="right" className={wide} onClick={() => void logout()}>
        <LogOut aria-hidden="true" />
      </IconButton>
    </div>
  )
}
