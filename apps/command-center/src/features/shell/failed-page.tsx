'use client'

import { buttonClasses } from '../../ui/button-classes.ts'
import { useAppName } from '../settings/settings.tsx'
import { useTheme } from '../settings/use-theme.ts'
import type { PageFailure } from './page-failure.ts'
import { PlainPage } from './plain-page.tsx'

/** A page whose drawing failed; everything else stays as it is. */
export function FailedPage({ error }: { error: PageFailure }) {
  const appName = useAppName()
  useTheme()
  const id = error.requestId ?? error.digest
  return (
    <PlainPage
      appName={appName}
      title="This page failed"
      actions={
        <>
          <button type="button" className={buttonClasses('primary', 'm')} onClick={() => location.reload()}>
            Reload page
          </button>
          <a href="/" className={buttonClasses('secondary', 'm')}>
            Go to the start page
          </a>
        </>
      }
    >
      <p>{error.message || 'The page could not be drawn.'}</p>
      {id !== undefined && <p className="mt-1 font-mono text-xs text-ink-3">request {id}</p>}
    </PlainPage>
  )
}
