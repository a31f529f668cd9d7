'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { ChevronRight } from 'lucide-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { cx } from '../../ui/cx.ts'
import { useKeptOpen } from '../../ui/layout/use-kept-open.ts'
import { Skeleton } from '../../ui/loading/skeleton.tsx'
import { argsLine, resultLine } from '../values/call-line.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { CallDuration } from './call-duration.tsx'
import { wordsOf } from './call-name.ts'
import { StatusIcon } from './status-icon.tsx'
import { statusWords } from './status-word.ts'

/** Comes when something runs. */
const CallOutput = lazy(() => import('../output/call-output.tsx').then((module) => ({ default: module.CallOutput })))
/** Come when a row is opened. */
const ArgumentsView = lazy(() =>
  import('../values/arguments-view.tsx').then((module) => ({ default: module.ArgumentsView })),
)
const CallResult = lazy(() => import('./call-result.tsx').then((module) => ({ default: module.CallResult })))

/** Holds rows of calls that follow each other. */
export function CallLog({ top, children }: { top?: ReactNode; children: ReactNode }) {
  return (
    <div className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface">
      {top !== undefined && <div className="bg-sunken px-3 py-1.5 text-sm">{top}</div>}
      {children}
    </div>
  )
}

/** A call that only looks, in one line: what, on what, what came of it, how long. It opens in place. */
export function CallRow({ call, conversationId }: { call: CallView; conversationId: string | undefined }) {
  const [isOpen, setOpen] = useKeptOpen(call.call_id)
  const { call_id, title, tool, args, status, result, error } = call
  const words = wordsOf(call)
  const isEnded = status === 'completed' || status === 'error'
  const isComing = status === 'pending' && call.requires_approval
  const word = statusWords[status]?.text ?? status
  const outcome = isEnded ? resultLine(result, error) : isComing ? `${word}, its effect is not known yet` : word
  const bodyId = `call-${call_id}-body`
  return (
    <div id={`call-${call_id}`} tabIndex={-1} className="scroll-mt-16 outline-offset-2">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? bodyId : undefined}
        onClick={() => setOpen(!isOpen)}
        className={cx(
          'grid min-h-8 w-full cursor-pointer items-center gap-2.5 px-3 py-1.5 text-left text-sm hover:bg-sunken',
          'grid-cols-[16px_minmax(0,auto)_minmax(0,1fr)_minmax(0,auto)_auto_14px]',
          'max-sm:grid-cols-[16px_minmax(0,auto)_minmax(0,1fr)_14px] -outline-offset-2',
        )}
      >
        <StatusIcon status={status} />
        <span className="truncate">{words === undefined ? title || tool : <VisibleText text={words} />}</span>
        <span className="truncate font-mono text-xs text-ink-3 max-sm:hidden">
          {words === undefined && <VisibleText text={argsLine(args, { isOfWrite: call.requires_approval })} />}
        </span>
        <span className={cx('truncate text-right', status === 'error' ? 'text-loss' : 'text-ink-2')}>
          <VisibleText text={outcome} />
        </span>
        <span className="font-mono text-xs text-ink-3 tabular-nums max-sm:hidden">
          <CallDuration call={call} />
        </span>
        <ChevronRight
          aria-hidden="true"
          className={cx('size-3.5 text-ink-3 transition-transform duration-120', isOpen && 'rotate-90')}
        />
      </button>
      {isOpen && (
        <div id={bodyId} className="flex flex-col gap-2 border-t border-line px-3 py-2.5">
          <p className="text-sm text-ink-2 wrap-anywhere">
            {title !== '' && title !== tool && (
              <>
                <VisibleText text={title} />{' '}
              </>
            )}
            <code className="font-mono text-xs text-ink-3">
              <VisibleText text={tool} />
            </code>
          </p>
          <Suspense fallback={<Skeleton className="h-12" />}>
            <ArgumentsView
              isOfWrite={call.requires_approval}
              args={args}
              taint={call.taint ?? []}
              fileName={`${tool}-${call_id}-arguments.txt`}
            />
            <CallResult call={call} conversationId={conversationId} />
          </Suspense>
        </div>
      )}
      {!isOpen && status === 'executing' && (
        <Suspense fallback={null}>
          <CallOutput call={call} conversationId={conversationId} />
        </Suspense>
      )}
    </div>
  )
}
