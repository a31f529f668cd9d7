'use client'

import { ArrowDown } from 'lucide-react'
import { useState } from 'react'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { useLive } from '../conversation/use-live-conversation.ts'
import { blocksSince, markEnd } from './new-blocks.ts'

/** Stands while the end is not followed, and counts what came below meanwhile. */
export function JumpToLatest({ live, onJump }: { live: LiveConversation; onJump: () => void }) {
  const [mark] = useState(() => markEnd(live.store.getState().view))
  const count = useLive(live, ({ view }) => blocksSince(view, mark))
  return (
    <button
      type="button"
      onClick={onJump}
      className="absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 cursor-pointer items-center gap-1.5 rounded-full border border-line-strong bg-raised px-3 text-sm whitespace-nowrap shadow-card hover:border-accent motion-safe:animate-fade-in"
    >
      <ArrowDown aria-hidden="true" className="size-3.5" />
      Jump to latest{count > 0 && `, ${count} new`}
    </button>
  )
}
