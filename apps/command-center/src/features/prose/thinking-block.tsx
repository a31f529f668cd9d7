'use client'

import { ChevronRight } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { cx } from '../../ui/cx.ts'
import { formatDuration } from '../../ui/format-duration.ts'
import type { ThinkingSegmentView } from '../conversation/conversation-view.ts'
import { Markdown } from './markdown.tsx'
import './shimmer.css'

/** Text longer than this may be opened further. */
const SHORT = 300

/** Open while the model thinks; folds once when it is done, and is then the reader's to open. */
export function ThinkingBlock({ segment }: { segment: ThinkingSegmentView }) {
  const { text, isComplete, durationMs } = segment
  const [chosen, setChosen] = useState<boolean | undefined>(undefined)
  const isOpen = chosen ?? !isComplete
  const id = useId()
  const done = durationMs > 0 ? `Thought for ${formatDuration(durationMs)}` : 'Thought'

  const wasComplete = useRef(isComplete)
  useEffect(() => {
    if (isComplete && !wasComplete.current) setChosen(undefined)
    wasComplete.current = isComplete
  }, [isComplete])

  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setChosen(!isOpen)}
        className="-ml-1 flex min-h-6 cursor-pointer items-center gap-1 rounded-sm pr-1.5 pl-1 text-sm text-ink-3 hover:text-ink"
      >
        <ChevronRight
          aria-hidden="true"
          className={cx(
            'size-3.5 shrink-0 motion-safe:transition-transform motion-safe:duration-120',
            isOpen && 'rotate-90',
          )}
        />
        {isComplete ? done : <span className="shimmer">Thinking</span>}
      </button>
      {isOpen && <ThoughtText id={id} text={text} isGrowing={!isComplete} />}
    </div>
  )
}

function ThoughtText({ id, text, isGrowing }: { id: string; text: string; isGrowing: boolean }) {
  const [isTall, setTall] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const isLong = text.length > SHORT
  // biome-ignore lint/correctness/useExhaustiveDependencies: each piece of text moves the end
  useEffect(() => {
    if (isGrowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [text, isGrowing])
  const isFaded = isLong && !isTall && !isGrowing
  return (
    <div id={id} className="mt-1 ml-1.5 border-l-2 border-line pl-3.5 text-sm text-ink-2">
      <div
        ref={box}
        tabIndex={isLong && !isFaded ? 0 : undefined}
        className={cx(
          isTall ? 'max-h-120 overflow-y-auto' : 'max-h-40',
          !isTall && (isGrowing ? 'overflow-y-auto' : 'overflow-hidden'),
          isFaded && 'mask-b-from-75%',
        )}
      >
        <Markdown text={text} isStreaming={isGrowing} />
      </div>
      {isLong && !isGrowing && (
        <button
          type="button"
          aria-expanded={isTall}
          onClick={() => setTall(!isTall)}
          className="mt-1 min-h-6 cursor-pointer rounded-sm text-xs font-medium text-accent hover:underline"
        >
          {isTall ? 'Show less' : 'Show more'}
        </button>
      )}
    </div>
  )
}
