'use client'

import { Failure } from '../../features/shell/failure.tsx'
import type { PageFailure } from '../../features/shell/page-failure.ts'

export default function PageError({ error }: { error: PageFailure }) {
  return <Failure error={error} />
}
