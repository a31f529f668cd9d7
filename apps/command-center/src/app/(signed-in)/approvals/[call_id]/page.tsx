import { InboxPage } from '../../../../features/inbox/inbox-page.tsx'
import { Page } from '../../../../features/shell/page.tsx'

export default async function Approval({ params }: { params: Promise<{ call_id: string }> }) {
  const { call_id } = await params
  return (
    <Page title="Approvals">
      <InboxPage callId={decodeURIComponent(call_id)} />
    </Page>
  )
}
