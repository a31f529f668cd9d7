import { publicSettings } from '../bff/public-settings.ts'
import { PlainPage } from '../features/shell/plain-page.tsx'
import { ToStartPage } from '../features/shell/to-start-page.tsx'

export default async function NotFound() {
  const { appName } = await publicSettings()
  return (
    <PlainPage appName={appName} code="404" title="There is no such page" actions={<ToStartPage />}>
      <p>The address leads nowhere. It may be mistyped, or what it led to is gone.</p>
    </PlainPage>
  )
}
