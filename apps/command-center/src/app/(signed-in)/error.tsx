'use client'

import { FailedPage } from '../../features/shell/failed-page.tsx'

export default function PageError({ error }: { error: Error & { digest?: string } }) {
  return <FailedPage error={error} />
}
