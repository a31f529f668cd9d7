'use client'

import { useLoaded } from '../../ui/loading/use-loaded.ts'
import type { PageFailure } from './page-failure.ts'

/** Comes with the first failure. */
const loadPage = () => import('./failed-page.tsx').then((it) => it.FailedPage)

/** In place of what could not be drawn. Until its page is loaded, and where it cannot be, it is words alone. */
export function Failure({ error }: { error: PageFailure }) {
  const FailedPage = useLoaded(loadPage)
  if (FailedPage !== undefined) return <FailedPage error={error} />
  return (
    <p className="m-auto p-4">
      This page failed. <a href="/">Go to the start page</a>
    </p>
  )
}
