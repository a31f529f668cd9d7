'use client'

import { masksMissing, masksWords, showWritten } from '@fairlead/contract/effect/effect-words'
import { Button } from '../../ui/button.tsx'
import type { KnownEffect } from './known-effect.ts'
import { Warning } from './risk-line.tsx'
import { hidesSome, type Written } from './use-written.ts'

type MaskLineProps = { effect: KnownEffect; written: Written | undefined }

/** How much is hidden, and the way to see it. */
export function MaskLine({ effect: { masks }, written }: MaskLineProps) {
  if (written?.shown !== undefined) {
    return <Warning>What would be written stands here in place of its masks. It is kept nowhere.</Warning>
  }
  if (masks === undefined && written?.mustShow !== true) return <Warning>{masksMissing}.</Warning>
  const words = masksWords(masks ?? []) ?? (written?.mustShow ? 'Text that would be written is hidden' : undefined)
  if (words === undefined) return null
  return (
    <Warning>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-60">
          {words}.
          {written?.error !== undefined && <span className="text-loss"> It could not be read: {written.error}</span>}
        </span>
        {written !== undefined && hidesSome(masks, written) && (
          <Button size="s" isBusy={written.isReading} onClick={written.read}>
            {showWritten}
          </Button>
        )}
      </span>
    </Warning>
  )
}
