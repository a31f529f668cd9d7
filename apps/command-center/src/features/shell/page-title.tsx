'use client'

import { useApprovals } from '../feed/approvals.ts'
import { useAppName } from '../settings/settings.tsx'

/** The browser tab's title, with the number of approvals that wait in front. */
export function PageTitle({ text }: { text: string }) {
  const count = useApprovals((it) => it.count)
  return <title>{titleText(text, useAppName(), count)}</title>
}

export function titleText(page: string, app: string, waiting: number): string {
  const name = page === app ? app : `${page} · ${app}`
  return waiting > 0 ? `(${waiting}) ${name}` : name
}
