'use client'

import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { pathTokens, readablePath } from '@fairlead/contract/effect/readable-path'
import { valueAlong } from '@fairlead/contract/json/json-pointer'
import { Check, Circle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Disclosure } from '../../ui/disclosure.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import { argsText } from '../values/call-line.ts'
import { type SourceOf, TaintMark } from '../values/taint-mark.tsx'
import { VisibleText } from '../values/visible-text.tsx'
import type { KnownEffect } from './known-effect.ts'

type EffectFactsProps = { call: CallView; effect: KnownEffect; sourceOf?: SourceOf }

/** What a person weighs beside the changes. */
export function EffectFacts({ call, effect, sourceOf }: EffectFactsProps) {
  const { required, votes = [], policies = [], taint = [] } = call
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3.5 gap-y-1 text-sm text-ink-2 max-sm:grid-cols-1 max-sm:gap-y-0">
      <Fact name="Undo">
        <UndoWords undo={effect.undo} />
      </Fact>
      {taint.length > 0 && (
        <Fact name="Origin">
          <ul className="flex flex-col gap-0.5">
            {taint.map((it) => (
              <li key={`${it.path} ${it.source_call_id}`} className="wrap-anywhere">
                <code className="font-mono text-[0.92em]">
                  <VisibleText text={readablePath(it.path)} />
                </code>{' '}
                <TaintedValue value={valueAlong(call.args, pathTokens(it.path))} />
                <TaintMark taint={it} sourceOf={sourceOf} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {effect.generated.length > 0 && (
        <Fact name="Generated">
          <Disclosure
            summary={`Differs at every rendering; shown, not part of what you approve (${effect.generated.length})`}
          >
            <ul className="pl-5 font-mono text-[0.92em]">
              {effect.generated.map((path) => (
                <li key={path} className="wrap-anywhere">
                  <VisibleText text={readablePath(path)} />
                </li>
              ))}
            </ul>
          </Disclosure>
        </Fact>
      )}
      {policies.length > 0 && (
        <Fact name={policies.length === 1 ? 'Policy' : 'Policies'}>
          <VisibleText text={policies.join(', ')} />
        </Fact>
      )}
      {required !== undefined && (
        <Fact name="Needs">
          <span className="tabular-nums">
            {votes.length} of {required.approvers} {required.approvers === 1 ? 'approval' : 'approvals'}
          </span>
          {votes.map(({ by, at }) => (
            <span key={by} className="ml-2 text-ink-3">
              {by}, {formatTime(Date.parse(at))}
            </span>
          ))}
          <Demands call={call} />
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 wrap-anywhere max-sm:mb-1">{children}</dd>
    </>
  )
}

function UndoWords({ undo }: Pick<KnownEffect, 'undo'>) {
  if (undo === undefined) return <>The server does not say whether it can be undone.</>
  if ('impossible' in undo) {
    return (
      <>
        Cannot be undone: <VisibleText text={undo.impossible} />
      </>
    )
  }
  const args = argsText(undo.args ?? {})
  const words = (
    <>
      Can be undone by <code className="font-mono text-[0.92em]">{undo.tool}</code>, as a change of its own
    </>
  )
  if (args.length <= 120) {
    return (
      <>
        {words}:{' '}
        <code className="font-mono text-[0.92em]">
          <VisibleText text={args} />
        </code>
      </>
    )
  }
  return (
    <Disclosure summary={words}>
      <p className="max-h-40 overflow-auto pl-5 font-mono text-[0.92em] wrap-anywhere">
        <VisibleText text={args} />
      </p>
    </Disclosure>
  )
}

/** Long texts stand in the arguments, where the mark is too. */
function TaintedValue({ value }: { value: unknown }) {
  if (typeof value !== 'string' || value.length > 80 || value.includes('\n')) return null
  return (
    <code className="mr-2 font-mono text-[0.92em] text-ink">
      <VisibleText text={value} />
    </code>
  )
}

/** What else must hold, each with whether it does. */
function Demands({ call: { required, votes = [] } }: { call: CallView }) {
  if (required === undefined) return null
  const demands = [
    required.not_requester && { text: 'not by the person who asked', isMet: votes.length >= required.approvers },
    required.role && {
      text: required.role === 'admin' ? 'by an administrator' : 'by an approver',
      isMet: votes.length >= required.approvers,
    },
    required.reason && { text: 'with a reason', isMet: votes.length >= required.approvers },
    required.passkey && { text: 'with a passkey', isMet: votes.length >= required.approvers },
  ].filter((it) => typeof it === 'object')
  if (demands.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-x-3">
      {demands.map(({ text, isMet }) => (
        <li key={text} className="inline-flex items-center gap-1">
          {isMet ? (
            <Check aria-hidden="true" className="size-3 text-good" />
          ) : (
            <Circle aria-hidden="true" className="size-2.5 text-ask" />
          )}
          {text}
        </li>
      ))}
    </ul>
  )
}
