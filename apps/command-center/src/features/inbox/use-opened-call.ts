'use client'

import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { InboxPlace } from './use-inbox-place.ts'

type OpenedCallInput = {
  place: InboxPlace
  isWide: boolean
  shown: readonly ApprovalItem[]
  firstWaiting: string | undefined
}

type OpenedCallState = {
  opened: string | undefined
  /** Opens a call for a person: its heading gets the focus once it is drawn. */
  openCall: (callId: string) => void
  /** After a decision: goes on to the next call, or to none. */
  goOn: (next: string | undefined) => void
}

/** Which call is opened: the one that the address names or, beside a list, the first that waits. */
export function useOpenedCall({ place, isWide, shown, firstWaiting }: OpenedCallInput): OpenedCallState {
  const wantsFocus = useRef(false)
  const [first, setFirst] = useState<string>()
  const named = place.callId
  const opened = named ?? (isWide ? first : undefined)
  useEffect(() => {
    // On arrival, and when the call that was opened so is gone; a list in another order opens no other call.
    if (named === undefined && (first === undefined || !shown.some(({ call_id }) => call_id === first))) {
      setFirst(firstWaiting)
    }
  }, [named, first, firstWaiting, shown])
  useEffect(() => {
    if (!wantsFocus.current || opened === undefined) return
    const heading = document.getElementById(`call-${opened}-heading`)
    if (heading === null) return
    wantsFocus.current = false
    heading.focus()
  })
  const { open } = place
  const openCall = useCallback(
    (callId: string) => {
      wantsFocus.current = true
      open(callId)
    },
    [open],
  )
  const goOn = (next: string | undefined) => {
    wantsFocus.current = next !== undefined
    setFirst(next)
    open(isWide || next === undefined ? undefined : next, { isReplacing: true })
  }
  return { opened, openCall, goOn }
}
