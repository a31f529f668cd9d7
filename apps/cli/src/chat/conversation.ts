import { applyEvent } from '@fairlead/client/conversation/apply-event'
import { applyItem } from '@fairlead/client/conversation/apply-item'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { viewOf } from '@fairlead/client/conversation/from-timeline'
import { mergeNewest } from '@fairlead/client/conversation/merge-timeline'
import { callsOf, findCall } from '@fairlead/client/conversation/selectors'
import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import type { Said } from '../call/ask-decision.ts'
import { decisionRefused } from '../call/decision-refused.ts'
import { type WaitingCall, waitingFromCall } from '../call/waiting-call.ts'
import type { Session } from '../session/open-session.ts'
import { CommandError } from '../terminal/command-error.ts'
import type { Interrupts } from '../terminal/interrupts.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { titlesOf } from './call-words.ts'
import { type FollowOptions, followRun, type RunEnd } from './follow-run.ts'
import type { RunPrinter } from './run-printer.ts'
import { createStopRequest } from './stop-request.ts'

export type ConversationOptions = {
  session: Session
  terminal: Terminal
  interrupts: Interrupts
  /** Given each event of each run that is followed. */
  printer: RunPrinter
  onEvent(event: RunEvent): void
}

/** What was there when a conversation was opened: its last words, without those of a run that still goes on. */
export type Opened = { title: string | undefined; messages: TimelineMessage[]; activeRunId: string | undefined }

export type Conversation = {
  readonly id: string | undefined
  readonly waiting: readonly WaitingCall[]
  /** What each call is called, by its id. */
  readonly titles: ReadonlyMap<string, string>
  /** What was read of a call before its present effect. */
  seenBefore(callId: string): Effect | undefined
  open(id: string): Promise<Opened>
  ask(message: string): Promise<RunEnd>
  attach(runId: string): Promise<RunEnd>
  /** Undefined: the decision was not taken and the call waits on; what waits is up to date. */
  decide(call: WaitingCall, said: Exclude<Said, 'later'>): Promise<RunEnd | undefined>
}

/** A request whose answer is a run's stream, or a run that is there already. */
type From = FollowOptions['from']

export function createConversation(options: ConversationOptions): Conversation {
  const { session, terminal, printer } = options
  const { api } = session
  const { note } = terminal
  let conversationId: string | undefined
  let view = emptyView()
  /** Calls as a refused decision has shown them, with what that demands, until they have another revision. */
  const refused = new Map<string, WaitingCall>()

  const follow = (from: From, userMessage?: string) => {
    const onEvent = (event: RunEvent) => {
      options.onEvent(event)
      view = applyEvent(view, event, { id: undefined, now: Date.now(), userMessage })
      printer.print(event, view)
    }
    return followPrinted({ ...options, onEvent }, from, () => conversationId)
  }
  const attach = (runId: string) => follow({ runId })
  const waiting = () =>
    callsOf(view).flatMap((call) => {
      if (call.status !== 'awaiting_approval') return []
      const shown = refused.get(call.call_id)
      const isCurrent = shown !== undefined && shown.revision >= (call.revision ?? 1)
      return [isCurrent ? shown : waitingFromCall(call, conversationId ?? '')]
    })

  /** The record is the answer when a request may or may not have arrived. */
  const read = async (id: string) => {
    const found = await api.call('GET /conversations/:id', { params: { id }, query: { limit: 20 } })
    refused.clear()
    view = mergeNewest(view, viewOf(found, { now: Date.now() }))
    return found
  }

  /** A line that broke before the run began: what began all the same is followed. Nothing is ever sent twice. */
  const orWhatBegan = async (end: RunEnd, notSent: string): Promise<RunEnd> => {
    if (end.status !== 'unstarted' || conversationId === undefined) return end
    const { active_run_id: active } = await read(conversationId)
    if (active === null) throw new CommandError('unreachable', notSent)
    return await attach(active)
  }

  const ask: Conversation['ask'] = async (content) => {
    conversationId ??= (await api.call('POST /conversations', { body: {} })).id
    const body = { conversation_id: conversationId, messages: [{ role: 'user', content }] }
    const send = async () => {
      const end = await follow({ open: (signal) => api.stream('POST /agent/chat', { body, signal }) }, content)
      return await orWhatBegan(end, 'The line broke and the question did not arrive. Ask it again.')
    }
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || typeof error.body.run_id !== 'string') throw error
      note('A run of this conversation is under way. It is shown first; then your question is sent.')
      const end = await attach(error.body.run_id)
      if (end.status !== 'completed') return end
      return await send()
    }
  }

  const decide: Conversation['decide'] = async (call, said) => {
    const body = {
      approve: said.approve,
      reason: said.reason,
      shown: said.shown,
      conversation_id: call.conversationId,
      args_digest: call.argsDigest,
      effect_digest: call.effectDigest,
    }
    const params = { call_id: call.callId }
    try {
      const end = await follow({
        open: (signal) => api.stream('POST /agent/approvals/:call_id', { params, body, signal }),
      })
      return await orWhatBegan(end, 'The line broke. What became of your decision is in the conversation.')
    } catch (error) {
      const refusal = decisionRefused(error, call)
      if (refusal === undefined) throw error
      note(neutraliseLine(refusal.sentence))
      const { current, item } = refusal
      if (current === undefined) {
        // Decided elsewhere: what it set going is followed here as well.
        const { active_run_id: active } = await read(call.conversationId)
        return active === null ? { status: 'completed' } : await attach(active)
      }
      if (item !== undefined) view = applyItem(view, item)
      refused.set(call.callId, current)
      return undefined
    }
  }

  return {
    get id() {
      return conversationId
    },
    get waiting() {
      return waiting()
    },
    get titles() {
      return titlesOf(view)
    },
    seenBefore: (callId) => findCall(view, callId)?.before?.effect,
    attach,
    open: async (id) => {
      const found = await read(id)
      conversationId = id
      const activeRunId = found.active_run_id ?? undefined
      const messages = (found.messages ?? []).filter(
        (message) => message.type === 'user' || !message.run_ids.some((runId) => runId === activeRunId),
      )
      return { title: found.title || undefined, messages, activeRunId }
    },
    ask,
    decide,
  }
}

/** Prints a run to its end. Ctrl-C asks to stop it. */
async function followPrinted(
  { session: { api }, terminal: { note }, interrupts, printer, onEvent }: ConversationOptions,
  from: From,
  conversationId: () => string | undefined,
): Promise<RunEnd> {
  const stop = createStopRequest({ api, note, conversationId })
  let isBroken = false
  const take = (event: RunEvent) => {
    if (isBroken) note('The line is back.')
    isBroken = false
    if (event.type === 'ready') stop.begun(event.run_id)
    onEvent(event)
  }
  if ('runId' in from) stop.begun(from.runId)
  const onBroken = () => {
    if (!isBroken) note('The line broke. The run goes on; taking it up again…')
    isBroken = true
  }
  const end = await interrupts.during(stop.send, () => followRun({ api, from, onEvent: take, onBroken }))
  printer.reads.flush()
  if (end.status === 'lost') note('The events of this run are gone; what is on record is in the conversation.')
  return end
}
