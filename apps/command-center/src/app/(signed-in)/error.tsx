'use client'

import { Failure, type PageFailure } from '../../features/shell/failure.tsx'

export default function PageError({ error }: { error: PageFailure }) {
  return <Failure error={error} />
}
