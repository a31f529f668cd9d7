'use client'

import type { ReactNode } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { tableCsv } from './table-csv.ts'

/** Scrolls inside its own box, in both directions; the head stays. */
export function TableBox({ rows, children }: { rows: string[][]; children: ReactNode }) {
  return (
    <div className="group/table relative overflow-hidden rounded-md border border-line bg-surface">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section tabIndex={0} aria-label="Table" className="max-h-[60vh] overflow-auto overscroll-x-contain">
        <table className="w-full border-separate border-spacing-0 text-sm wrap-normal [&_tbody_tr:first-child_td]:border-t-0">
          {children}
        </table>
      </section>
      <div className="flex justify-end border-t border-line px-1.5 py-1">
        <CopyButton label="Copy as CSV" text={() => tableCsv(rows)} isTextShown />
      </div>
    </div>
  )
}
