'use client'

import { FailedPage, type PageFailure } from '../features/shell/failed-page.tsx'
import './globals.css'

/** Takes the place of the whole document. */
export default function GlobalError({ error }: { error: PageFailure }) {
  return (
    <html lang="en">
      <body>
        <FailedPage error={error} />
      </body>
    </html>
  )
}
