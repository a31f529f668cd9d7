import type { ReactNode } from 'react'
import { currentUser } from '../../bff/session/current-user.ts'
import { ApprovalNotices } from '../../features/inbox/approval-notices.tsx'
import { SignedIn } from '../../features/shell/signed-in.tsx'

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const current = await currentUser()
  return (
    <SignedIn user={current.state === 'user' ? current.user : undefined}>
      {children}
      <ApprovalNotices />
    </SignedIn>
  )
}
