'use client'

import { Menu as MenuIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../ui/icon-button.tsx'
import { useAgentContext } from '../agent/agent-context.ts'
import { ClusterLine } from '../agent/cluster-line.tsx'
import { ModelLine } from '../agent/model-line.tsx'
import { setDrawerOpen, useDrawer } from '../sidebar/use-sidebar.ts'
import { PageTitle } from './page-title.tsx'

type PageProps = {
  title: string
  /** Of the last turn, where a conversation is shown. */
  model?: string
  children: ReactNode
}

/** One page: its title, what the agent works with, and the rest of the height for its content. */
export function Page({ title, model, children }: PageProps) {
  const context = useAgentContext()
  const isDrawerOpen = useDrawer()
  return (
    <>
      <PageTitle text={title} />
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-3.5 text-sm sm:px-5">
        <IconButton
          label="Open menu"
          aria-expanded={isDrawerOpen}
          aria-haspopup="dialog"
          onClick={() => setDrawerOpen(true)}
          className="-ml-1.5 size-8 sm:hidden"
        >
          <MenuIcon aria-hidden="true" />
        </IconButton>
        <h1 className="min-w-12 flex-1 truncate font-medium" title={title}>
          {title}
        </h1>
        {context !== undefined && (
          <>
            <ClusterLine clusters={context.clusters} />
            <ModelLine id={model ?? context.model.id} isDemo={context.model.demo} />
          </>
        )}
      </header>
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto outline-none">
        {children}
      </main>
    </>
  )
}
