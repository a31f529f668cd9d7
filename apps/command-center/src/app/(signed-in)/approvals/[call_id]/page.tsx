import { InboxPage } from '../../../../features/inbox/inbox-page.tsx'
import { Page } from '../../../../features/shell/page.tsx'

export default function Approval() {
  return (
    <Page title="Approvals">
      <InboxPage />
    </Page>
  )
}
