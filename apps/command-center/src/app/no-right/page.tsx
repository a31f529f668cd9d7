import { notFound } from 'next/navigation'
import { connection } from 'next/server'
import { PlainPage } from '../../features/shell/plain-page.tsx'
import { rightText } from '../../features/shell/right-text.ts'
import { pageRequest } from '../../server/page-server.ts'
import { pageKind } from '../../server/pages.ts'
import { LinkButton } from '../../ui/link-button.tsx'

/** Stands in for a page that the person may not see; the address stays that page's. */
export default async function NoRight() {
  await connection()
  const kind = pageKind(pageRequest().path)
  if (kind.access !== 'signed-in' || kind.right === undefined) notFound()
  const { title, text } = rightText(kind.right)
  return (
    <PlainPage
      code="403"
      title={title}
      actions={
        <LinkButton href="/" variant="primary">
          Go to the start page
        </LinkButton>
      }
    >
      <p>{text}</p>
    </PlainPage>
  )
}
