'use client'

import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { Banner } from '../../ui/banner.tsx'
import { useUser } from '../session/session-provider.tsx'
import { Inbox } from './inbox.tsx'

/** The calls that wait for this person, one of them opened: the one that the address names. */
export function InboxPage() {
  const user: UserRead | undefined = useUser()
  if (user === undefined) {
    return (
      <div className="p-4">
        <Banner tone="info">The engine cannot be reached, so it is not known who you are.</Banner>
      </div>
    )
  }
  return <Inbox user={user} />
}
