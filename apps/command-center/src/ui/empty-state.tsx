import type { ReactNode } from 'react'

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-96 flex-col items-center gap-1 px-4 py-10 text-center">
      <p className="text-md font-medium">{title}</p>
      {children !== undefined && <div className="text-sm text-ink-3">{children}</div>}
    </div>
  )
}
