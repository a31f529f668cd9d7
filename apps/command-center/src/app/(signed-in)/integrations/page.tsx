import { IntegrationsPage } from '../../../features/integrations/integrations-page.tsx'
import { Page } from '../../../features/shell/page.tsx'

export default function Integrations() {
  return (
    <Page title="Integrations">
      <IntegrationsPage />
    </Page>
  )
}
