'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { readsLine } from '@fairlead/contract/call/reads-line'
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { Disclosure } from '../../ui/disclosure.tsx'
import { isKeptOpen, useKeptOpen } from '../../ui/layout/use-kept-open.ts'
import { StatusIcon } from './status-icon.tsx'

/** Reads that share a line, which opens. It begins open where somebody has opened one of them. */
export function ReadsFold({ calls, children }: { calls: readonly CallView[]; children: ReactNode }) {
  const [first] = calls
  const hasOpened = calls.some(({ call_id }) => isKeptOpen(call_id))
  const [isOpen, setOpen] = useKeptOpen(`reads ${first?.call_id}`, hasOpened)
  const [wanted, setWanted] = useState<string>()
  useLayoutEffect(() => {
    if (isOpen && wanted !== undefined) document.getElementById(`call-${wanted}`)?.focus()
  }, [isOpen, wanted])
  const summary = (
    <span className="flex items-center gap-2.5">
      <StatusIcon status="completed" />
      {readsLine(calls.map(spanOf))}
    </span>
  )
  return (
    <div>
      <Disclosure variant="row" summary={summary} isOpen={isOpen} onToggle={setOpen}>
        <div className="divide-y divide-line border-t border-line pl-4">{children}</div>
      </Disclosure>
      {!isOpen &&
        // A link to one of them leads here, and opens the line.
        calls.map(({ call_id }) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: nobody operates it, a link arrives at it
          <span
            key={call_id}
            id={`call-${call_id}`}
            tabIndex={-1}
            onFocus={() => {
              setWanted(call_id)
              setOpen(true)
            }}
          />
        ))}
    </div>
  )
}

function spanOf({ started_at, ended_at }: CallView) {
  return { start: milliseconds(started_at), end: milliseconds(ended_at) }
}

function milliseconds(time: string | undefined): number | undefined {
  const at = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(at) ? undefined : at
}
