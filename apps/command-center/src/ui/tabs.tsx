'use client'

import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'

type Tab = { id: string; label: ReactNode; content: ReactNode }
type TabsProps = { label: string; tabs: readonly Tab[]; value?: string; onChange?: (id: string) => void }

/** Holds its own choice unless `value` is given. */
export function Tabs({ label, tabs, value, onChange }: TabsProps) {
  const base = useId()
  const [own, setOwn] = useState(value)
  const chosen = tabs.find((it) => it.id === (value ?? own)) ?? tabs[0]
  const choose = (id: string) => {
    setOwn(id)
    onChange?.(id)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = chosen === undefined ? -1 : tabs.indexOf(chosen)
    const target = targetOf(event.key, at, tabs)
    if (target === undefined) return
    event.preventDefault()
    choose(target.id)
    document.getElementById(`${base}-tab-${target.id}`)?.focus()
  }
  if (chosen === undefined) return null
  return (
    <div>
      <div role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex gap-3.5 overflow-x-auto text-sm">
        {tabs.map((it) => (
          <button
            key={it.id}
            type="button"
            role="tab"
            id={`${base}-tab-${it.id}`}
            aria-selected={it === chosen}
            aria-controls={it === chosen ? `${base}-panel` : undefined}
            tabIndex={it === chosen ? 0 : -1}
            onClick={() => choose(it.id)}
            className="h-7 shrink-0 cursor-pointer border-b-2 border-transparent text-ink-3 -outline-offset-2 hover:text-ink aria-selected:border-accent aria-selected:font-medium aria-selected:text-ink"
          >
            {it.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-tab-${chosen.id}`} className="pt-2">
        {chosen.content}
      </div>
    </div>
  )
}

function targetOf(key: string, at: number, tabs: readonly Tab[]): Tab | undefined {
  if (key === 'ArrowRight') return tabs[(at + 1) % tabs.length]
  if (key === 'ArrowLeft') return tabs.at(at - 1)
  if (key === 'Home') return tabs[0]
  return key === 'End' ? tabs.at(-1) : undefined
}
