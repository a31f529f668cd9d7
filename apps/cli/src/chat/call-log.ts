import { readTitle } from '@fairlead/contract/call/read-title'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { valueText } from '../call/value-lines.ts'
import { type WaitingCall, waitingFromEvent } from '../call/waiting-call.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

export type LoggedCall = {
  tool: string
  title: string
  isWrite: boolean
  args: string
  /** What a read reads, in the words of a person. */
  words: string | undefined
  summary: string | undefined
  /** Milliseconds since the epoch; undefined while it does not run. */
  startedAt: number | undefined
}

/** The calls of a run as its events have named them. */
export type CallLog = {
  readonly calls: ReadonlyMap<string, LoggedCall>
  /** Calls that wait, in the order in which they were proposed. */
  readonly waiting: Map<string, WaitingCall>
  /** The effect that was shown of a call before its present one. */
  readonly seenBefore: Map<string, Effect>
  readonly titles: ReadonlyMap<string, string>
  /** A call that was not named before is logged by its first event. */
  find(named: { call_id: string; tool?: string; title?: string }): LoggedCall
  propose(event: Of<'tools.pending'>): void
  wait(event: Of<'tool.awaiting_approval'>): void
  decide(callId: string): void
}

const ARGUMENTS_WIDTH = 80

export function createCallLog(): CallLog {
  const calls = new Map<string, LoggedCall>()
  const titles = new Map<string, string>()
  const waiting = new Map<string, WaitingCall>()
  const seenBefore = new Map<string, Effect>()

  const find: CallLog['find'] = ({ call_id, tool, title }) => {
    const known = calls.get(call_id)
    if (known) return known
    const call = newCall(tool ?? '', title || tool || call_id)
    calls.set(call_id, call)
    titles.set(call_id, call.title)
    return call
  }
  return {
    calls,
    waiting,
    seenBefore,
    titles,
    find,
    propose: ({ tools }) => {
      for (const { call_id, tool, title, args, class: of, requires_approval } of tools ?? []) {
        const isWrite = of === undefined ? requires_approval : of === 'write'
        const words = isWrite ? undefined : readTitle({ tool, args })
        const shown = words === undefined ? undefined : clipped(neutraliseLine(words))
        calls.set(call_id, { ...newCall(tool, title || tool), isWrite, args: shortArguments(args), words: shown })
        titles.set(call_id, words ?? (title || tool))
      }
    },
    wait: (event) => {
      const call = waitingFromEvent(event)
      const former = waiting.get(event.call_id)
      if (former?.effect && former.effectDigest !== call.effectDigest) seenBefore.set(event.call_id, former.effect)
      waiting.set(event.call_id, call)
      Object.assign(find(event), { isWrite: true, summary: call.effect?.summary })
    },
    decide: (callId) => {
      const call = waiting.get(callId)
      // Kept: should it turn out to be stale, the person reads what is different.
      if (call?.effect) seenBefore.set(callId, call.effect)
      waiting.delete(callId)
    },
  }
}

function newCall(tool: string, title: string): LoggedCall {
  return { tool, title, isWrite: false, args: '', words: undefined, summary: undefined, startedAt: undefined }
}

function shortArguments(args: Readonly<Record<string, unknown>> | null | undefined): string {
  const text = Object.entries(args ?? {})
    .map(([name, value]) => `${neutraliseLine(name)}=${valueText(value)}`)
    .join(' ')
  return clipped(text)
}

function clipped(text: string): string {
  return text.length > ARGUMENTS_WIDTH ? `${text.slice(0, ARGUMENTS_WIDTH - 1)}…` : text
}
