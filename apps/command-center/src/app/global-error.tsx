'use client'

import { FailedPage } from '../features/shell/failed-page.tsx'
import './globals.css'

/** Takes the place of the whole document. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <FailedPage error={error} />
      </body>
    </html>
  )
}
