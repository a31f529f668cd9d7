'use client'

import { useState } from 'react'
import { api } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import { formatDuration } from '../../ui/format/format-duration.ts'

type Result = { ok: boolean; text: string; ms: number }

/** Asks the engine to sign in with the stored login, and says in its words how that went. */
export function ConnectionTest({ id, name }: { id: string; name: string }) {
  const [isBusy, setBusy] = useState(false)
  const [result, setResult] = useState<Result>()
  const test = async () => {
    setBusy(true)
    setResult(undefined)
    const start = performance.now()
    const ended = (ok: boolean, text: string) => setResult({ ok, text, ms: performance.now() - start })
    try {
      const { ok, detail } = await api.call('POST /integrations/:integration_id/test', {
        params: { integration_id: id },
      })
      ended(ok, detail)
    } catch (fault) {
      ended(false, fault instanceof Error ? fault.message : String(fault))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">
      <Button size="s" isBusy={isBusy} aria-label={`Test connection to ${name}`} onClick={() => void test()}>
        Test connection
      </Button>
      <p role="status" className="min-w-0 flex-1 basis-40 text-xs wrap-anywhere">
        {result !== undefined && (
          <span className={result.ok ? 'text-good' : 'text-loss'}>
            {result.text} <span className="text-ink-3">({formatDuration(result.ms)})</span>
          </span>
        )}
      </p>
    </div>
  )
}
