import type { ReactNode } from 'react'

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-block min-w-4 rounded-sm border border-line bg-surface px-1 py-px text-center font-mono text-[10.5px] leading-4 font-medium text-ink-3">
      {children}
    </kbd>
  )
}
