'use client'

import { Failure, type PageFailure } from '../features/shell/failure.tsx'
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
