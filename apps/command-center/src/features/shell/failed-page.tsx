'use client'

import { Button } from '../../ui/button.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { PlainPage } from './plain-page.tsx'

type FailedPageProps = {
  /** `digest` is how the server's log calls it. */
  error: Error & { digest?: string; requestId?: string }
}

/** A page whose drawing failed; everything else stays as it is. */
export function FailedPage({ error }: FailedPageProps) {
  const id = error.requestId ?? error.digest
  return (
    <PlainPage
      title="This page failed"
      actions={
        <>
          <Button variant="primary" onClick={() => location.reload()}>
            Reload page
          </Button>
          <LinkButton href="/">Start a new chat</LinkButton>
        </>
      }
    >
      <p>{error.message || 'The page could not be drawn.'}</p>
      {id !== undefined && <p className="mt-1 font-mono text-xs text-ink-3">request {id}</p>}
    </PlainPage>
  )
}
