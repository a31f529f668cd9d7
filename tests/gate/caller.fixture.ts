import { randomBytes } from 'node:crypto'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { setupSecret } from '@fairlead/testing/engine/setup-secret'

export type Answer = { status: number; body: Record<string, unknown> }
export type Seen = RunEvent & { id: number }
export type Awaiting = Extract<RunEvent, { type: 'tool.awaiting_approval' }>

/** A person; `api` names the engine that each request goes to. */
export type Caller = {
  email: string
  json(api: string, method: string, path: string, body?: unknown): Promise<Answer>
  /** Opens a stream and reads it as it comes. */
  open(api: string, path: string, options?: { body?: unknown; after?: number }): Promise<RunStream>
  ask(api: string, content: string, conversationId?: string): Promise<RunStream>
  decide(api: string, approval: Awaiting, approve: boolean): Promise<RunStream>
}

export type RunStream = {
  status: number
  /** What a refusal says. */
  refusal: Record<string, unknown>
  /** Everything read so far. */
  events: Seen[]
  /** Resolves with the first event that fits, also one that was read before; rejects when the stream ends without. */
  until(fits: (event: Seen) => boolean): Promise<Seen>
  /** Resolves when the stream ends, also when its engine dies. */
  ended: Promise<Seen[]>
}

export const password = 'correct horse battery'

export async function signUp(api: string, email = `p${randomBytes(5).toString('hex')}@example.com`): Promise<Caller> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ email, password, setup_secret: setupSecret })
  const made = await fetch(`${api}/auth/register/register`, { method: 'POST', headers, body })
  if (made.status !== 201) throw new Error(`not signed up: ${made.status} ${await made.text()}`)
  const form = new URLSearchParams({ username: email, password })
  const { access_token } = (await (await fetch(`${api}/auth/jwt/login`, { method: 'POST', body: form })).json()) as {
    access_token: string
  }
  return callerWith(access_token, email)
}

function callerWith(token: string, email: string): Caller {
  const send = (url: string, method: string, body: unknown, extra: Record<string, string> = {}) =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...extra },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const open: Caller['open'] = async (api, path, { body, after } = {}) => {
    const extra: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) }
    const response = await send(`${api}${path}`, body === undefined ? 'GET' : 'POST', body, extra)
    return readStream(response)
  }
  return {
    email,
    json: async (api, method, path, body) => {
      const response = await send(`${api}${path}`, method, body)
      const text = await response.text()
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { text } }
    },
    open,
    ask: (api, content, conversationId) =>
      open(api, '/agent/chat', {
        body: { messages: [{ role: 'user', content }], ...(conversationId && { conversation_id: conversationId }) },
      }),
    decide: (api, { call_id, conversation_id, args_digest, effect_digest }, approve) =>
      open(api, `/agent/approvals/${call_id}`, { body: { approve, conversation_id, args_digest, effect_digest } }),
  }
}

async function readStream(response: Response): Promise<RunStream> {
  const events: Seen[] = []
  const waiting = new Set<() => void>()
  let isOver = false
  const wake = () => {
    for (const check of waiting) check()
  }
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const text = isStream ? '' : await response.text()
  const read = async () => {
    let rest = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = (rest + chunk).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const [, id, name, data = ''] = /^(?:id: (\d+)\n)?event: ([\w.]+)\ndata: (.*)$/.exec(frame) ?? []
        if (name !== 'heartbeat') events.push({ ...JSON.parse(data), id: Number(id) })
      }
      wake()
    }
  }
  const ended = (isStream ? read().catch(() => {}) : Promise.resolve()) // an engine that dies breaks its streams
    .then(() => {
      isOver = true
      wake()
      return events
    })
  return {
    status: response.status,
    refusal: text.startsWith('{') ? JSON.parse(text) : {},
    events,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = events.find(fits)
          if (found === undefined && !isOver) return
          waiting.delete(check)
          if (found !== undefined) resolve(found)
          else reject(new Error(`ended with: ${events.map(({ type }) => type).join(' ')} ${text}`))
        }
        waiting.add(check)
        check()
      }),
    ended,
  }
}

/** The question that a stream ended with. */
export async function approvalOf(stream: RunStream): Promise<Awaiting & Seen> {
  const event = await stream.until(({ type }) => type === 'tool.awaiting_approval')
  await stream.ended
  return event as Awaiting & Seen
}
