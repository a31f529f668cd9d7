import type { TimelineMessage, ToolExecution } from '@fairlead/contract/call/timeline'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import type { UserEvent } from '@fairlead/contract/events/user-event'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'
import { verifyAddress } from '@fairlead/testing/engine/verify-address'
import { type EventStream, followEvents } from './event-stream.fixture.ts'

export type RunStream = EventStream<RunEvent>
export type Answer = { status: number; body: unknown }

/** What the owner sees of a conversation. */
export type Conversation = {
  id: string
  title: string | null
  active_run_id: string | null
  awaiting_approval: boolean
  messages: TimelineMessage[] | null
}

/** A call by its ids, or an event or an item that names it. */
export type CallRef = { call_id: string; conversation_id: string }
export type AwaitingCall = CallRef & { args_digest: string; effect_digest: string | null }

/** Somebody who uses the API with an access token and nothing else. Streams reject unless the answer is 200. */
export type Person = {
  email: string
  token: string
  request(method: string, path: string, body?: unknown): Promise<Answer>
  /** Any stream of a run, by hand. */
  stream(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<RunStream>
  chat(content: string, conversationId?: string): Promise<RunStream>
  /** The owner's decision; the digests of a question are sent with it. */
  approve(call: CallRef | AwaitingCall): Promise<RunStream>
  deny(call: CallRef | AwaitingCall, reason?: string): Promise<RunStream>
  undo(call: CallRef): Promise<RunStream>
  stop(run: { conversation_id: string; run_id: string }): Promise<void>
  /** A run's stream from the start, or after an id. */
  follow(runId: string, after?: number): Promise<RunStream>
  inbox(): Promise<ApprovalItem[]>
  approval(callId: string): Promise<ApprovalItem>
  /** A decision in the inbox, with the digests it needs. */
  decide(item: AwaitingCall, approve: boolean, reason?: string): Promise<Answer>
  decideAll(items: readonly AwaitingCall[], approve: boolean | readonly boolean[]): Promise<Answer>
  feed(lastEventId?: number): Promise<EventStream<UserEvent>>
  conversation(id: string): Promise<Conversation>
  /** Statuses of a conversation's calls, in the order of the timeline. */
  calls(conversationId: string): Promise<ToolExecution[]>
}

export const password = 'correct horse battery'

/** Signs up with an address that is verified, and in. The first one of an installation is its administrator. */
export async function signUp(api: string, email: string, jwtSecret: string): Promise<Person> {
  const answer = await postJson(`${api}/auth/register/register`, { email, password, setup_secret: setupSecret })
  if (answer.status !== 201) throw new Error(`${email} was not signed up: ${answer.status} ${await answer.text()}`)
  const user = (await answer.json()) as UserRead
  if (!user.is_verified) await verifyAddress(api, user, jwtSecret)
  return await signIn(api, email)
}

export async function signIn(api: string, email: string): Promise<Person> {
  const form = new URLSearchParams({ username: email, password })
  const answer = await fetch(`${api}/auth/jwt/login`, { method: 'POST', body: form })
  if (answer.status !== 200) throw new Error(`${email} was not signed in: ${answer.status} ${await answer.text()}`)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return personWith({ api, email, token })
}

function personWith({ api, email, token }: { api: string; email: string; token: string }): Person {
  const init = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const request: Person['request'] = async (method, path, body) => {
    const answer = await fetch(`${api}${path}`, init(method, body))
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, body: text === '' ? undefined : isJson ? JSON.parse(text) : text }
  }
  const get = async <Body>(path: string): Promise<Body> => {
    const { status, body } = await request('GET', path)
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
    return body as Body
  }
  async function open<Event extends { type: string }>(
    path: string,
    opened: { method: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<EventStream<Event>> {
    const abort = new AbortController()
    const of = { ...init(opened.method, opened.body, opened.headers), signal: abort.signal }
    const answer = await fetch(`${api}${path}`, of)
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return followEvents<Event>(answer, abort)
  }
  const stream: Person['stream'] = (method, path, body, headers) => open<RunEvent>(path, { method, body, headers })
  const decideAsOwner = (call: CallRef | AwaitingCall, decision: { approve: boolean; reason?: string }) => {
    const { call_id, conversation_id } = call
    const digests = 'args_digest' in call ? { args_digest: call.args_digest, effect_digest: call.effect_digest } : {}
    return stream('POST', `/agent/approvals/${call_id}`, { conversation_id, ...digests, ...decision })
  }
  const conversation: Person['conversation'] = (id) => get(`/conversations/${id}`)
  const bound = ({ args_digest, effect_digest }: AwaitingCall) => ({ args_digest, effect_digest })
  return {
    email,
    token,
    request,
    stream,
    chat: (content, conversation_id) =>
      stream('POST', '/agent/chat', { messages: [{ role: 'user', content }], conversation_id }),
    approve: (call) => decideAsOwner(call, { approve: true }),
    deny: (call, reason) => decideAsOwner(call, { approve: false, reason }),
    undo: ({ call_id, conversation_id }) => stream('POST', `/agent/undo/${call_id}`, { conversation_id }),
    stop: async ({ conversation_id, run_id }) => {
      const { status, body } = await request('POST', '/agent/stop', { conversation_id, run_id })
      if (status !== 200) throw new Error(`stop answered ${status}: ${JSON.stringify(body)}`)
    },
    follow: (runId, after) => {
      const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) }
      return stream('GET', `/agent/runs/${runId}/events`, undefined, headers)
    },
    inbox: async () => (await get<{ items: ApprovalItem[] }>('/approvals')).items,
    approval: (callId) => get(`/approvals/${callId}`),
    decide: (item, approve, reason) =>
      request('POST', `/approvals/${item.call_id}/decision`, { approve, reason, ...bound(item) }),
    decideAll: (items, approve) =>
      request('POST', '/approvals/decisions', {
        decisions: items.map((item, index) => ({
          call_id: item.call_id,
          approve: typeof approve === 'boolean' ? approve : approve[index],
          ...bound(item),
        })),
      }),
    feed: (lastEventId) =>
      open<UserEvent>('/events', {
        method: 'GET',
        ...(lastEventId !== undefined && { headers: { 'last-event-id': String(lastEventId) } }),
      }),
    conversation,
    calls: async (id) => {
      const { messages } = await conversation(id)
      return (messages ?? []).flatMap((message) =>
        message.type === 'user'
          ? []
          : message.segments.flatMap((segment) => (segment.kind === 'tool' ? [segment.toolExecution] : [])),
      )
    },
  }
}

function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
