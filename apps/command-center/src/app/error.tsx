'use client'

import { FailedPage, type PageFailure } from '../features/shell/failed-page.tsx'

export default function AppError({ error }: { error: PageFailure }) {
  return <FailedPage error={error} />
}
