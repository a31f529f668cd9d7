'use client'

import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { Drawer } from '../../ui/overlay/drawer.tsx'
import { SidebarPanel } from './sidebar-panel.tsx'
import { SidebarRail } from './sidebar-rail.tsx'
import { expandSidebar, setDrawerOpen, useDrawer, useSidebar } from './use-sidebar.ts'

/** Panel or rail beside the page; on a phone a drawer over it. What is hidden cannot be reached. */
export function Sidebar() {
  const half = useSidebar()
  const isDrawerOpen = useDrawer()
  const path = usePathname()
  // biome-ignore lint/correctness/useExhaustiveDependencies: it closes when the path has changed
  useEffect(() => setDrawerOpen(false), [path])
  return (
    <>
      <aside
        aria-label="Sidebar"
        className="relative w-66 shrink-0 overflow-clip border-r border-line bg-sunken transition-[width] duration-300 ease-out max-sm:hidden rail:w-17 motion-reduce:transition-none"
      >
        <div inert={half === 'rail'} className="absolute inset-y-0 left-0 w-[calc(--spacing(66)-1px)] rail:invisible">
          <SidebarPanel onCollapse={() => expandSidebar(false)} />
        </div>
        <div
          inert={half === 'panel'}
          className="invisible absolute inset-y-0 left-0 w-[calc(--spacing(17)-1px)] rail:visible"
        >
          <SidebarRail />
        </div>
      </aside>
      <Drawer isOpen={isDrawerOpen} onClose={() => setDrawerOpen(false)} title="Menu">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a link to the very page closes it too */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click */}
        <div
          className="h-full min-h-0"
          onClick={(event) => (event.target as Element).closest('a') !== null && setDrawerOpen(false)}
        >
          <SidebarPanel />
        </div>
      </Drawer>
    </>
  )
}
