import type { ReactNode } from 'react'
import { ApprovalNotices } from '../../features/inbox/approval-notices.tsx'
import { SignedIn } from '../../features/shell/signed-in.tsx'
import { currentUser } from '../../server/current-user.ts'

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const current = await currentUser()
  return (
    <SignedIn user={current.state === 'user' ? current.user : undefined}>
      {children}
      <ApprovalNotices />
    </SignedIn>
  )
}
