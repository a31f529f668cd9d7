'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useMemo } from 'react'
import { type InboxQuery, inboxSearch, parseInboxQuery } from './inbox-query.ts'

const root = '/approvals'

export type InboxPlace = {
  /** The call that the address names. */
  callId: string | undefined
  query: InboxQuery
  hrefOf: (callId: string | undefined) => string
  open: (callId: string | undefined, options?: { isReplacing?: boolean }) => void
  ask: (query: InboxQuery) => void
}

/** What of the inbox is in the address bar. Moving in it keeps the page as it is: the list stays where it was. */
export function useInboxPlace(): InboxPlace {
  const path = usePathname()
  const search = useSearchParams().toString()
  return useMemo(() => {
    const query = parseInboxQuery(search)
    const hrefOf = (callId: string | undefined, of: InboxQuery = query) =>
      `${callId === undefined ? root : `${root}/${encodeURIComponent(callId)}`}${inboxSearch(of)}`
    const callId = callIdOf(path)
    return {
      callId,
      query,
      hrefOf: (it) => hrefOf(it),
      open: (it, { isReplacing = false } = {}) => {
        if (isReplacing) history.replaceState(null, '', hrefOf(it))
        else history.pushState(null, '', hrefOf(it))
      },
      ask: (it) => history.replaceState(null, '', hrefOf(callId, it)),
    }
  }, [path, search])
}

function callIdOf(path: string): string | undefined {
  const [, rest = ''] = path.split(`${root}/`)
  if (rest === '') return undefined
  try {
    return decodeURIComponent(rest)
  } catch {
    return undefined
  }
}
