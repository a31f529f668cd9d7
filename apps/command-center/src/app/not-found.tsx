import { PlainPage } from '../features/shell/plain-page.tsx'
import { LinkButton } from '../ui/link-button.tsx'

export default function NotFound() {
  return (
    <PlainPage
      code="404"
      title="There is no such page"
      actions={
        <LinkButton href="/" variant="primary">
          Go to the start page
        </LinkButton>
      }
    >
      <p>The address leads nowhere. It may be mistyped, or what it led to is gone.</p>
    </PlainPage>
  )
}
