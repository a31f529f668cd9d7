'use client'

import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import { KeyRound, MessageSquareQuote, Telescope, TriangleAlert } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { useNow } from '../../ui/browser/use-now.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { cx } from '../../ui/cx.ts'
import { formatAgo } from '../../ui/format/format-ago.ts'
import { ExpiryText } from '../decision/expiry-text.tsx'
import { Summary } from '../effect/summary.tsx'
import type { SettledApproval } from '../feed/approvals-store.ts'
import { VisibleText } from '../values/visible-text.tsx'
import { objectsOf } from './inbox-query.ts'
import { settledText } from './settled-text.ts'

type InboxRowProps = {
  item: ApprovalItem
  /** What became of it: the row stays for a moment. */
  settled: SettledApproval | undefined
  href: string
  isOpen: boolean
  isSelected: boolean
  onOpen: (callId: string) => void
  onSelect: (callId: string, isSelected: boolean) => void
}

const risks = { low: 'neutral', medium: 'ask', high: 'loss' } as const

export const InboxRow = memo(function InboxRow(props: InboxRowProps) {
  const { item, settled, href, isOpen, isSelected, onOpen, onSelect } = props
  const { call_id, effect, requester, request, title, tool } = item
  const name = effect?.summary ?? (title || tool)
  return (
    <li
      className={cx(
        'flex items-start gap-1.5 border-t border-line px-3 py-2 first:border-t-0',
        isOpen && 'bg-accent-soft',
        settled !== undefined && 'bg-sunken',
      )}
    >
      {settled === undefined ? (
        <Checkbox
          label={`Select ${name}`}
          hasHiddenLabel
          checked={isSelected}
          onChange={(event) => onSelect(call_id, event.target.checked)}
        />
      ) : (
        <span className="w-6" />
      )}
      <a
        href={href}
        data-call={call_id}
        aria-current={isOpen || undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
          event.preventDefault()
          onOpen(call_id)
        }}
        className="flex min-w-0 flex-1 flex-col gap-0.5 rounded-sm text-sm"
      >
        <span className="flex items-start gap-2">
          <span className="min-w-0 flex-1 text-md leading-snug font-medium wrap-anywhere first-letter:uppercase">
            <Summary text={name} />
          </span>
          {effect !== null && <Badge tone={risks[effect.risk] ?? 'neutral'}>{effect.risk}</Badge>}
        </span>
        {settled === undefined ? (
          <>
            <span className="line-clamp-2 text-ink-2 wrap-anywhere">
              {requester.email}
              {request !== '' && (
                <>
                  : “<VisibleText text={request} />”
                </>
              )}
            </span>
            <span className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 text-xs text-ink-3">
              <Place item={item} />
              <Age requestedAt={item.asked_at} />
              <ExpiryText expiresAt={item.expires_at} />
              <Marks item={item} />
            </span>
          </>
        ) : (
          <span className="font-medium text-ink-2">{settledText(settled)}</span>
        )}
      </a>
    </li>
  )
})

function Place({ item }: { item: ApprovalItem }) {
  const places = [
    ...new Set(
      objectsOf(item).map(({ cluster, namespace }) => [cluster, namespace].filter((part) => part).join(' / ')),
    ),
  ].filter((place) => place !== '')
  const [first, ...others] = places
  if (first === undefined) return null
  return (
    <span className="wrap-anywhere">
      <VisibleText text={first} />
      {others.length > 0 && ` and ${others.length} more`}
    </span>
  )
}

function Age({ requestedAt }: { requestedAt: string | undefined }) {
  const now = useNow(30_000)
  return requestedAt === undefined ? null : (
    <span className="whitespace-nowrap">{formatAgo(Date.parse(requestedAt), now)}</span>
  )
}

/** What is unusual about the call. */
function Marks({ item: { required, votes, taint = [], effect, revision } }: { item: ApprovalItem }) {
  return (
    <>
      {required.approvers > 1 && (
        <span className="inline-flex items-center gap-1 whitespace-nowrap">
          <span aria-hidden="true" className="inline-flex gap-0.5">
            {Array.from({ length: Math.min(required.approvers, 5) }, (_, index) => index).map((index) => (
              <span
                key={index}
                className={cx(
                  'size-2.25 rounded-full border-[1.5px]',
                  index < votes.length ? 'border-good bg-good' : 'border-line-strong',
                )}
              />
            ))}
          </span>
          {votes.length} of {required.approvers}
        </span>
      )}
      {revision > 1 && <Note>asked again</Note>}
      {required.passkey && <Note icon={<KeyRound />}>passkey</Note>}
      {required.reason && <Note icon={<MessageSquareQuote />}>reason</Note>}
      {taint.length > 0 && <Note icon={<Telescope />}>from tool output</Note>}
      {effect !== null && effect.basis !== 'server' && <Note icon={<TriangleAlert />}>{effect.basis}, no dry run</Note>}
    </>
  )
}

function Note({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-ask [&_svg]:size-3">
      {icon !== undefined && <span aria-hidden="true">{icon}</span>}
      {children}
    </span>
  )
}
