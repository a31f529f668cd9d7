'use client'

import { FailedPage } from '../features/shell/failed-page.tsx'

export default function AppError({ error }: { error: Error & { digest?: string } }) {
  return <FailedPage error={error} />
}
