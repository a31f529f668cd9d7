'use client'

import { Content, List, Root, Trigger } from 'radix-ui/tabs'
import type { ReactNode } from 'react'

type TabsProps = {
  label: string
  tabs: readonly { id: string; label: ReactNode; content: ReactNode }[]
  value?: string
  onChange?: (id: string) => void
}

export function Tabs({ label, tabs, value, onChange }: TabsProps) {
  return (
    <Root value={value} defaultValue={value === undefined ? tabs[0]?.id : undefined} onValueChange={onChange}>
      <List aria-label={label} className="flex gap-3.5 overflow-x-auto text-sm">
        {tabs.map((it) => (
          <Trigger
            key={it.id}
            value={it.id}
            className="h-7 shrink-0 cursor-pointer border-b-2 border-transparent text-ink-3 -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {it.label}
          </Trigger>
        ))}
      </List>
      {tabs.map((it) => (
        <Content key={it.id} value={it.id} className="pt-2">
          {it.content}
        </Content>
      ))}
    </Root>
  )
}
