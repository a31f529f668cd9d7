'use client'

import { Failure } from '../features/shell/failure.tsx'
import type { PageFailure } from '../features/shell/page-failure.ts'
import './globals.css'

/** Takes the place of the whole document, where not even its frame could be drawn. */
export default function GlobalError({ error }: { error: PageFailure }) {
  return (
    <html lang="en">
      <body>
        <Failure error={error} />
      </body>
    </html>
  )
}
