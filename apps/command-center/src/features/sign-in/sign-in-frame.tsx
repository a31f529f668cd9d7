'use client'

import type { ReactNode } from 'react'
import { Mark } from '../../ui/mark.tsx'
import { useAppName } from '../settings/settings.tsx'
import { useTheme } from '../settings/use-theme.ts'
import { Unencrypted } from '../shell/banners.tsx'

type SignInFrameProps = { title: string; lead?: ReactNode; children: ReactNode }

/** A page for who is not signed in: the product's name and one form. */
export function SignInFrame({ title, lead, children }: SignInFrameProps) {
  const appName = useAppName()
  useTheme()
  return (
    <>
      <title>{`${title} · ${appName}`}</title>
      <Unencrypted />
      <main className="flex min-h-dvh items-center justify-center px-3.5 py-8 sm:pb-[16vh]">
        <div className="w-full max-w-90">
          <p className="mb-5 flex items-center gap-2.5 text-lg font-semibold tracking-[-0.01em]">
            <Mark className="size-6" />
            {appName}
          </p>
          <div className="rounded-lg border border-line bg-surface p-5 shadow-card">
            <h1 className="text-lg font-semibold">{title}</h1>
            {lead !== undefined && <p className="mt-1 text-sm text-ink-2">{lead}</p>}
            <div className="mt-4">{children}</div>
          </div>
        </div>
      </main>
    </>
  )
}
