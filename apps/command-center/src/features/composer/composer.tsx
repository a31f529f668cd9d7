'use client'

import { ArrowUp, ListPlus, Square } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { cx } from '../../ui/cx.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Spinner } from '../../ui/loading/spinner.tsx'
import { lengthNote } from './message-length.ts'
import { useGrowingField } from './use-growing-field.ts'

type ComposerProps = {
  value: string
  onChange: (text: string) => void
  /** The text is worth sending: not blank, not too long. */
  onSend: () => void
  onStop?: () => void
  /** What Up brings back into an empty field. */
  onRecall?: () => string | undefined
  /**
   * `running`: a new message waits in the queue. `sending`: one is on its way, and no other can be sent. `away`: the
   * engine cannot be reached; text, focus and caret stay. `disabled`: nothing can be sent at all.
   */
  state: 'idle' | 'running' | 'stopping' | 'sending' | 'away' | 'disabled'
  placeholder?: string
  /** A line under the field. */
  note?: ReactNode
  autoFocus?: boolean
}

export function Composer(props: ComposerProps) {
  const { value, onChange, onSend, onStop, onRecall, state, placeholder = 'Ask, or say what to change', note } = props
  const field = useRef<HTMLTextAreaElement>(null)
  const noteId = useId()
  useGrowingField(field, value)
  const isFirst = useRef(props.autoFocus === true)
  useEffect(() => {
    if (isFirst.current) field.current?.focus({ preventScroll: true })
  }, [])

  const length = lengthNote(value)
  const isRunning = state === 'running' || state === 'stopping'
  const hasText = value.trim() !== ''
  const isFixed = state === 'sending' || state === 'away' || state === 'disabled'
  const canSend = hasText && length?.isTooLong !== true && !isFixed
  const send = () => {
    if (!canSend) return
    onSend()
    field.current?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // A browser that composes says so by the flag, by key code 229, or by both.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      send()
    }
    if (event.key === 'ArrowUp' && value === '' && !isFixed) {
      const recalled = onRecall?.()
      if (recalled === undefined) return
      event.preventDefault()
      onChange(recalled)
    }
  }
  return (
    <div
      className={cx(
        'rounded-lg border bg-surface shadow-[0_1px_2px_rgb(16_32_31/0.04)] transition-colors duration-120',
        length?.isTooLong ? 'border-loss' : 'border-line-strong focus-within:border-accent',
      )}
    >
      <textarea
        ref={field}
        rows={1}
        value={value}
        aria-label="Message"
        aria-describedby={noteId}
        aria-invalid={length?.isTooLong || undefined}
        placeholder={placeholder}
        disabled={state === 'disabled'}
        aria-disabled={state === 'away' || undefined}
        readOnly={isFixed}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-[40dvh] min-h-9 w-full resize-none overflow-y-auto bg-transparent px-4 pt-2.5 pb-1 text-md outline-none placeholder:text-ink-3 disabled:opacity-60 aria-disabled:opacity-60"
      />
      <div className="flex items-end gap-2 pr-2 pb-2 pl-4">
        <div id={noteId} className="min-w-0 flex-1 self-center text-xs text-ink-3">
          {length === undefined ? (
            note
          ) : (
            <span role={length.isTooLong ? 'alert' : undefined} className={cx(length.isTooLong && 'text-loss')}>
              {length.text}
            </span>
          )}
        </div>
        {state !== 'disabled' && state !== 'away' && <Hints isRunning={isRunning} />}
        {isRunning && hasText && (
          <IconButton label="Add to queue" onClick={send} disabled={!canSend} className={secondaryClasses}>
            <ListPlus aria-hidden="true" />
          </IconButton>
        )}
        {isRunning && onStop !== undefined && <StopButton isStopping={state === 'stopping'} onStop={onStop} />}
        {!isRunning && (hasText || state === 'sending') && (
          <IconButton
            label="Send message"
            onClick={send}
            disabled={!canSend}
            className={cx(
              'size-8 rounded-md',
              hasText && 'bg-accent text-accent-ink hover:not-disabled:bg-accent/90 hover:not-disabled:text-accent-ink',
            )}
          >
            {state === 'sending' ? <Spinner /> : <ArrowUp aria-hidden="true" />}
          </IconButton>
        )}
      </div>
    </div>
  )
}

const secondaryClasses = 'size-8 rounded-md border border-line-strong text-ink-2'

function StopButton({ isStopping, onStop }: { isStopping: boolean; onStop: () => void }) {
  return (
    <IconButton
      label={isStopping ? 'Stopping…' : 'Stop run'}
      aria-disabled={isStopping || undefined}
      onClick={() => !isStopping && onStop()}
      className={cx(secondaryClasses, isStopping && 'cursor-progress')}
    >
      {isStopping ? <Spinner /> : <Square aria-hidden="true" className="fill-current" />}
    </IconButton>
  )
}

function Hints({ isRunning }: { isRunning: boolean }) {
  return (
    <div aria-hidden="true" className="hidden h-8 shrink-0 items-center gap-1.5 text-xs text-ink-3 sm:flex">
      <Kbd>↵</Kbd> {isRunning ? 'queue' : 'send'} <Kbd>⇧ ↵</Kbd> line
    </div>
  )
}
