import type { ReactNode } from 'react'
import { Mark } from '../../ui/mark.tsx'

type PlainPageProps = { appName: string; code?: string; title: string; children: ReactNode; actions: ReactNode }

/** Says one thing and where to go on: not found, no right, failed. It needs no script to be read and left. */
export function PlainPage({ appName, code, title, children, actions }: PlainPageProps) {
  return (
    <main className="flex min-h-dvh flex-1 items-center justify-center px-3.5 py-8">
      <title>{`${title} · ${appName}`}</title>
      <div className="w-full max-w-110">
        <Mark className="mb-4 size-6" />
        {code !== undefined && <p className="font-mono text-xs text-ink-3">{code}</p>}
        <h1 className="text-lg font-semibold">{title}</h1>
        <div className="mt-1 mb-4 text-sm wrap-anywhere text-ink-2">{children}</div>
        <div className="flex flex-wrap gap-2">{actions}</div>
      </div>
    </main>
  )
}
