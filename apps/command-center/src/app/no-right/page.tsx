import { redirect } from 'next/navigation'
import { browserRequest } from '../../bff/bff.ts'
import { pageKind } from '../../bff/guard/pages.ts'
import { publicSettings } from '../../bff/public-settings.ts'
import { PlainPage } from '../../features/shell/plain-page.tsx'
import { rightText } from '../../features/shell/right-text.ts'
import { ToStartPage } from '../../features/shell/to-start-page.tsx'

/** Stands in for a page that the person may not see; the address stays that page's. */
export default async function NoRight() {
  // First, as it waits for a request.
  const { appName } = await publicSettings()
  const kind = pageKind(browserRequest().path)
  if (kind.access !== 'signed-in' || kind.right === undefined) redirect('/')
  const { title, text } = rightText(kind.right)
  return (
    <PlainPage appName={appName} code="403" title={title} actions={<ToStartPage />}>
      <p>{text}</p>
    </PlainPage>
  )
}
