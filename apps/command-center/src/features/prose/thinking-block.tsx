'use client'

import type { ThinkingSegmentView } from '@fairlead/client/conversation/conversation-view'
import { useEffect, useRef, useState } from 'react'
import { cx } from '../../ui/cx.ts'
import { Disclosure } from '../../ui/disclosure.tsx'
import { formatDuration } from '../../ui/format/format-duration.ts'
import { Markdown } from './markdown.tsx'
import './shimmer.css'

/** Text longer than this may be opened further. */
const SHORT = 300

/** Open while the model thinks; folds once when it is done, and is then the reader's to open. */
export function ThinkingBlock({ segment }: { segment: ThinkingSegmentView }) {
  const { text, isComplete, durationMs } = segment
  const [chosen, setChosen] = useState<boolean | undefined>(undefined)
  const isOpen = chosen ?? !isComplete
  const done = durationMs > 0 ? `Thought for ${formatDuration(durationMs)}` : 'Thought'

  const wasComplete = useRef(isComplete)
  useEffect(() => {
    if (isComplete && !wasComplete.current) setChosen(undefined)
    wasComplete.current = isComplete
  }, [isComplete])

  return (
    <Disclosure
      summary={isComplete ? done : <span className="shimmer">Thinking</span>}
      isOpen={isOpen}
      onToggle={setChosen}
    >
      <ThoughtText text={text} isGrowing={!isComplete} />
    </Disclosure>
  )
}

function ThoughtText({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  const [isTall, setTall] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const isLong = text.length > SHORT
  // biome-ignore lint/correctness/useExhaustiveDependencies: each piece of text moves the end
  useEffect(() => {
    if (isGrowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [text, isGrowing])
  const isFaded = isLong && !isTall && !isGrowing
  return (
    <div className="mt-1 ml-1.5 border-l-2 border-line pl-3.5 text-sm text-ink-2">
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
