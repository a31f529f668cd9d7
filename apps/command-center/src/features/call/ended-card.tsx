'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { ChevronRight } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { cx } from '../../ui/cx.ts'
import { useKeptOpen } from '../../ui/layout/use-kept-open.ts'
import type { Tone } from '../../ui/tone.ts'
import { Digests } from '../effect/digests.tsx'
import { EffectBody } from '../effect/effect-body.tsx'
import { knownEffect } from '../effect/known-effect.ts'
import { Summary } from '../effect/summary.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import type { CallCardProps } from './call-card-props.ts'
import { type Ending, type EndingTone, endingOf } from './ending.ts'
import { endingDetails } from './ending-details.ts'
import { LinkAction } from './link-action.tsx'
import { StatusIcon } from './status-icon.tsx'
import { type StatusTone, statusWords } from './status-word.ts'

/** Come when the card is opened. */
const CallResult = lazy(() => import('./call-result.tsx').then((module) => ({ default: module.CallResult })))
const ObjectOutcomes = lazy(() => import('./object-outcomes.tsx').then((it) => ({ default: it.ObjectOutcomes })))
/** Comes with the first write that did not come out as approved. */
const OutcomePanel = lazy(() => import('./outcome-panel.tsx').then((it) => ({ default: it.OutcomePanel })))

const edges: Record<EndingTone, string> = {
  good: 'border-l-good',
  bad: 'border-l-loss',
  doubt: 'border-l-ask',
  quiet: 'border-l-line-strong',
  busy: 'border-l-accent',
}
const icons: Record<EndingTone, StatusTone> = { good: 'done', bad: 'bad', doubt: 'doubt', quiet: 'quiet', busy: 'busy' }
const badges: Record<EndingTone, Tone> = { good: 'good', bad: 'loss', doubt: 'ask', quiet: 'neutral', busy: 'info' }

/** A write that is over: one line stays, what needs attention with it, and the rest opens in place. */
export function EndedCard(props: CallCardProps) {
  const { call, viewer, isRunActive = false, conversationId, hasArguments = true, sourceOf } = props
  const [isOpen, setOpen] = useKeptOpen(call.call_id)
  const effect = useMemo(() => knownEffect(call.effect), [call.effect])
  const ending = endingOf(call, { email: viewer.email, isChecking: isRunActive })
  const bodyId = `call-${call.call_id}-body`
  const tone = ending?.tone ?? 'quiet'
  return (
    <section
      id={`call-${call.call_id}`}
      tabIndex={-1}
      aria-labelledby={`call-${call.call_id}-heading`}
      className={cx(
        'scroll-mt-16 overflow-hidden rounded-md border border-l-3 border-line bg-surface outline-offset-2',
        edges[tone],
      )}
    >
      <div className="flex items-start gap-2.5 px-3.5 py-1.75 text-sm max-sm:flex-wrap">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={isOpen ? bodyId : undefined}
          onClick={() => setOpen(!isOpen)}
          className="flex min-h-6 min-w-0 flex-1 cursor-pointer items-start gap-2.5 rounded-sm text-left max-sm:basis-full"
        >
          <span className="flex h-5 items-center">
            <StatusIcon status={call.status} tone={icons[tone]} />
          </span>
          <span className="min-w-0 flex-1 wrap-anywhere">
            <span id={`call-${call.call_id}-heading`} className="inline-block max-w-full first-letter:uppercase">
              <Summary text={effect?.summary ?? (call.title || call.tool)} />
            </span>{' '}
            <span className="text-ink-3">
              <VisibleText text={ending?.text || (statusWords[call.status]?.text ?? call.status)} />
            </span>{' '}
            {ending?.verdict !== undefined && <Badge tone={badges[ending.verdict.tone]}>{ending.verdict.text}</Badge>}
          </span>
          <span className="flex h-5 items-center">
            <ChevronRight
              aria-hidden="true"
              className={cx('size-3.5 text-ink-3 transition-transform duration-120', isOpen && 'rotate-90')}
            />
          </span>
        </button>
        <Actions {...props} ending={ending} />
      </div>
      {props.undo?.state === 'failed' && (
        <p role="alert" className="px-3.5 pb-2 text-sm text-loss wrap-anywhere">
          {props.undo.text}
        </p>
      )}
      {endingDetails(call).isSome && (
        <Suspense fallback={null}>
          <OutcomePanel call={call} />
        </Suspense>
      )}
      {isOpen && (
        <div id={bodyId} className="border-t border-line">
          <EffectBody
            call={call}
            effect={effect}
            headingId={`call-${call.call_id}-effect`}
            hidesSummary
            {...{ hasArguments, sourceOf }}
          />
          <div className="flex flex-col gap-2 px-4 pb-3">
            <Digests args_digest={call.args_digest} effect_digest={call.effect_digest} />
            <Suspense fallback={null}>
              <CallResult call={call} conversationId={conversationId} />
              {isAllDone(call) && <ObjectOutcomes objects={call.objects ?? []} isUnknown={false} />}
            </Suspense>
          </div>
        </div>
      )}
    </section>
  )
}

function Actions({ call, viewer, undo, onUndo, onAskToCheck, ending }: CallCardProps & { ending: Ending | undefined }) {
  const canUndo = call.status === 'completed' && viewer.isOwner && hasUndo(call)
  const needsCheck = call.status === 'unknown' || (ending?.verdict?.tone === 'doubt' && call.verdict === undefined)
  return (
    <>
      {needsCheck && onAskToCheck !== undefined && (
        <LinkAction onClick={() => onAskToCheck(checkMessage(call))}>Ask to check</LinkAction>
      )}
      {canUndo && onUndo !== undefined && (
        <LinkAction
          isBusy={undo?.state === 'sending'}
          aria-label={`Undo: ${call.effect?.summary ?? call.title}`}
          onClick={onUndo}
        >
          Undo
        </LinkAction>
      )}
    </>
  )
}

function hasUndo({ effect }: CallView): boolean {
  const undo = knownEffect(effect)?.undo
  return undo !== undefined && 'tool' in undo
}

function isAllDone({ objects = [] }: CallView): boolean {
  return objects.length > 1 && objects.every(({ outcome }) => outcome === 'succeeded')
}

/** What the person may send: it asks to look, and to change nothing. */
function checkMessage({ effect, title, tool }: CallView): string {
  const what = effect?.summary ?? (title || tool)
  return `Check whether this change has taken effect, and tell me what you read: ${what}. Change nothing.`
}
