'use client'

import { Button } from '../../ui/button.tsx'
import { YamlView } from '../changes/yaml-view.tsx'
import type { KnownEffect } from './known-effect.ts'
import { type DiffPage, useDiffPages } from './use-diff-pages.ts'

type WholeYamlProps = {
  callId: string
  digest: string | undefined
  effect: KnownEffect
  onUnread?: (why: string | undefined) => void
}

/** The YAML diff; what was too large to come along is read page by page. */
export function WholeYaml({ callId, digest, effect, onUnread }: WholeYamlProps) {
  const { pageOf, read } = useDiffPages(callId, digest, effect, onUnread)
  const objects = effect.objects.map((object, index) => {
    const page = pageOf(index)
    return page === undefined || page.lines.length === 0 ? object : { ...object, diff: `${page.lines.join('\n')}\n` }
  })
  return (
    <YamlView
      objects={objects}
      foot={(index) => {
        const page = pageOf(index)
        return page && <MoreOfDiff page={page} onRead={(whole) => void read(index, whole)} />
      }}
    />
  )
}

function MoreOfDiff({ page, onRead }: { page: DiffPage; onRead: (whole: boolean) => void }) {
  const { lines, total, isReading, error } = page
  const left = total === undefined ? undefined : total - lines.length
  if (left === 0 && error === undefined) return null
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line px-2.5 py-1.5 text-sm">
      {error !== undefined ? (
        <p className="min-w-0 flex-1 text-loss wrap-anywhere">The diff could not be read: {error}</p>
      ) : (
        <p className="min-w-0 flex-1 text-ink-2">
          {left === undefined ? 'The diff is too large to come along.' : `${lines.length} of ${total} lines`}
        </p>
      )}
      <Button size="s" isBusy={isReading} onClick={() => onRead(false)}>
        {error !== undefined ? 'Read the diff again' : left === undefined ? 'Read the diff' : 'Show more'}
      </Button>
      {left !== undefined && (
        <Button size="s" variant="quiet" isBusy={isReading} onClick={() => onRead(true)}>
          Show all
        </Button>
      )}
    </div>
  )
}
