'use client'

import { ArrowRight } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { Mark } from '../../ui/mark.tsx'
import { PageLink } from '../../ui/page-link.tsx'
import { useAgentContext } from '../agent/agent-context.ts'
import { Composer } from '../composer/composer.tsx'
import { useDraft } from '../composer/use-draft.ts'
import { startConversation } from '../conversation/send/start-conversation.ts'
import { useApprovals } from '../feed/approvals.ts'
import { useMay } from '../session/session-provider.tsx'
import { useAppName } from '../settings/settings.tsx'
import { useIsEngineAway } from '../shell/banners.tsx'
import { blankOf, type Suggestion, suggestionsFor } from './suggestions.ts'

export function HomePage() {
  const appName = useAppName()
  const router = useRouter()
  const [draft, setDraft] = useDraft('home')
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<string>()
  const mayChange = useMay('propose-changes')
  const cluster = useAgentContext()?.clusters[0]
  const namespace = cluster?.current_namespace ?? undefined
  const isEngineAway = useIsEngineAway()
  const frame = useRef<HTMLDivElement>(null)
  const [taken, setTaken] = useState<Suggestion>()

  useEffect(() => {
    if (taken === undefined) return
    const field = frame.current?.querySelector('textarea')
    field?.focus()
    field?.setSelectionRange(...blankOf(taken))
  }, [taken])

  const send = async () => {
    const text = draft.trim()
    if (text === '' || isSending) return
    setSending(true)
    setError(undefined)
    try {
      const id = await startConversation(text)
      setDraft('')
      router.push(`/chat/${id}`)
    } catch (reason) {
      setError(`The chat was not opened. ${reason instanceof Error ? reason.message : ''}`.trim())
      setSending(false)
    }
  }
  return (
    <div className="mx-auto flex w-full max-w-180 flex-1 flex-col justify-center px-3.5 py-6 sm:pb-[14vh]">
      <h2 className="flex items-center gap-3 text-xl font-semibold tracking-[-0.015em]">
        <Mark className="size-7" />
        {appName}
      </h2>
      <p className="mt-1.5 mb-5 text-md text-ink-2">
        {mayChange ? 'Ask about your cluster, or say what to change.' : 'Ask about your cluster.'}
      </p>
      <div ref={frame}>
        <Composer
          value={draft}
          onChange={setDraft}
          onSend={() => void send()}
          state={composerState(isSending, isEngineAway)}
          placeholder={mayChange ? 'Ask, or say what to change' : 'Ask about the cluster'}
          note={composerNote(mayChange, isEngineAway)}
          autoFocus
        />
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-2 text-sm text-loss">
          {error}
        </p>
      )}
      <ul aria-label="Suggestions" className="mt-3.5 flex flex-wrap gap-2">
        <WaitingApprovals />
        {suggestionsFor({ mayChange, isSandbox: cluster?.sandbox, namespace }).map((it) => (
          <li key={it.label}>
            <button
              type="button"
              onClick={() => {
                setDraft(it.text)
                setTaken({ ...it })
              }}
              className="h-8 cursor-pointer rounded-full border border-line bg-surface px-3 text-sm text-ink-2 transition-colors duration-120 hover:border-line-strong hover:text-ink"
            >
              {it.label}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function composerState(isSending: boolean, isEngineAway: boolean) {
  if (isSending) return 'sending'
  return isEngineAway ? 'away' : 'idle'
}

function composerNote(mayChange: boolean, isEngineAway: boolean): string {
  if (isEngineAway) return 'The engine is unreachable; the text stays here'
  return mayChange ? 'Every change waits for a person' : 'Read-only account: changes are not proposed'
}

/** What a person left undone comes before anything new. */
function WaitingApprovals() {
  const count = useApprovals((it) => it.count)
  const seesApprovals = useMay('see-approvals')
  if (!seesApprovals || count === 0) return null
  return (
    <li>
      <PageLink
        href="/approvals"
        className="inline-flex h-8 items-center gap-1.5 rounded-full border border-ask-line bg-ask-soft px-3 text-sm font-medium text-ask"
      >
        {count === 1 ? '1 approval is waiting' : `${count} approvals are waiting`}
        <ArrowRight aria-hidden="true" className="size-3.5" />
      </PageLink>
    </li>
  )
}
