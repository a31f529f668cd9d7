'use client'

import type { AssistantMessageView } from '@fairlead/client/conversation/conversation-view'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { Badge } from '../../ui/badge.tsx'
import { formatTime } from '../../ui/format/format-time.ts'
import { LoadBoundary } from '../../ui/loading/load-boundary.tsx'
import { CallRows } from '../call/call-rows.tsx'
import type { LiveConversation } from '../conversation/live-conversation.ts'
import { CopyMenu } from '../prose/copy-menu.tsx'
import { Markdown } from '../prose/markdown.tsx'
import { ThinkingBlock } from '../prose/thinking-block.tsx'
import type { ChatActions } from './chat-actions.ts'
import { MessageStrip } from './message-strip.tsx'
import { MessageTime } from './message-time.tsx'
import { type SegmentGroup, segmentGroups } from './segment-groups.ts'
import { usageFigures, usageOfMessage } from './usage-figures.ts'
import { UsageLine } from './usage-line.tsx'

/** Comes with the first change: most questions only read. */
const CallItem = lazy(async () => ({ default: (await import('./call-item.tsx')).CallItem }))

type AssistantMessageProps = {
  live: LiveConversation
  message: AssistantMessageView
  viewer: Viewer
  actions: ChatActions
  hasUsage: boolean
}

export function AssistantMessage({ live, message, viewer, actions, hasUsage }: AssistantMessageProps) {
  const { segments, content, isStreaming, isStopped, error, usage } = message
  const groups = useMemo(() => groupsOf(segments, content, message.timestamp), [segments, content, message.timestamp])
  const stripAt = placeOfStrip(groups)
  const last = groups.length - 1
  const markdown = useMemo(() => textOf(segments, content), [segments, content])
  return (
    <article className="group/message flex flex-col gap-3">
      <h2 className="sr-only">Answer, {formatTime(message.timestamp)}</h2>
      {groups.map((group, index) => (
        <div key={group.id} className="contents">
          {index === stripAt && !hasOpenHead(group) && (
            <MessageStrip live={live} message={message} onShowCall={actions.showCall} />
          )}
          <Group
            group={group}
            isGrowing={isStreaming && index === last}
            top={
              index === stripAt && hasOpenHead(group) ? (
                <MessageStrip live={live} message={message} isAttached onShowCall={actions.showCall} />
              ) : undefined
            }
            {...{ live, viewer, actions }}
          />
        </div>
      ))}
      {(isStopped || error !== undefined) && (
        <p className="flex flex-wrap items-center gap-2 text-sm text-ink-2">
          {error !== undefined ? <Badge tone="loss">Failed</Badge> : <Badge>Stopped</Badge>}
          {error !== undefined && <span className="min-w-0 wrap-anywhere">{error}</span>}
        </p>
      )}
      {!isStreaming && (
        <footer className="-mt-2 flex min-h-7 flex-wrap items-center gap-x-2">
          {markdown !== '' && (
            <span className="-ml-1.5">
              <CopyMenu markdown={markdown} />
            </span>
          )}
          {hasUsage && usage !== undefined && (
            <UsageLine
              figures={usageFigures(usageOfMessage(usage))}
              className="opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100"
            />
          )}
          <MessageTime
            timestamp={message.timestamp}
            className="opacity-0 group-focus-within/message:opacity-100 group-hover/message:opacity-100"
          />
        </footer>
      )}
    </article>
  )
}

type GroupProps = {
  group: SegmentGroup
  isGrowing: boolean
  live: LiveConversation
  viewer: Viewer
  actions: ChatActions
  /** Of the card, where it has a head for it. */
  top: ReactNode
}

function Group({ group, isGrowing, live, viewer, actions, top }: GroupProps) {
  switch (group.kind) {
    case 'text':
      return <Markdown text={group.segment.text} isStreaming={isGrowing} />
    case 'thinking':
      return <ThinkingBlock segment={group.segment} />
    case 'log':
      return <CallRows calls={group.calls} conversationId={live.id} />
    case 'card':
      return (
        <LoadBoundary
          fallback={
            <CardPlace title={group.call.title} text="The card of this change could not be loaded. Reload the page." />
          }
        >
          <Suspense fallback={<CardPlace title={group.call.title} text="The card of this change is loading." />}>
            <CallItem live={live} call={group.call} viewer={viewer} actions={actions} top={top} />
          </Suspense>
        </LoadBoundary>
      )
  }
}

/** Where the card of a change comes. */
function CardPlace({ title, text }: { title: string; text: string }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-4 py-3 text-sm shadow-card">
      <p className="font-medium">{title}</p>
      <p className="text-ink-2">{text}</p>
    </div>
  )
}

/** Above the first change, as it is about changes; without one above the first reads. */
function placeOfStrip(groups: readonly SegmentGroup[]): number {
  const card = groups.findIndex(({ kind }) => kind === 'card')
  return card === -1 ? groups.findIndex(({ kind }) => kind === 'log') : card
}

const open = new Set(['pending', 'awaiting_approval', 'approved', 'executing'])
const hasOpenHead = (group: SegmentGroup) => group.kind === 'card' && open.has(group.call.status)

/** A message without segments is its text. */
function groupsOf(segments: AssistantMessageView['segments'], content: string, timestamp: number): SegmentGroup[] {
  if (segments.length > 0 || content === '') return segmentGroups(segments)
  return segmentGroups([{ kind: 'text', id: 'content', text: content, timestamp }])
}

function textOf(segments: AssistantMessageView['segments'], content: string): string {
  if (segments.length === 0) return content.trim()
  return segments
    .flatMap((segment) => (segment.kind === 'text' && segment.text.trim() !== '' ? [segment.text.trim()] : []))
    .join('\n\n')
}
