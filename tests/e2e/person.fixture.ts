import { randomBytes } from 'node:crypto'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { verifyAddress } from '@fairlead/testing/engine/verify-address'
import { readEvents } from './read-events.fixture.ts'
import type { UpLine } from './start-up.fixture.ts'

export type Awaiting = Extract<RunEvent, { type: 'tool.awaiting_approval' }>

export type Answer = { status: number; body: unknown; headers: Headers }

/** Somebody who uses the API as its documentation says, with an access token and nothing else. */
export type Person = {
  email: string
  token: string
  request(method: string, path: string, body?: unknown): Promise<Answer>
  /** Sends a message and reads its run to the end. */
  ask(content: string, conversationId?: string): Promise<RunEvent[]>
  /** Decides with both digests of the question, and reads the resumed run to the end. */
  decide(approval: Awaiting, approve: boolean, reason?: string): Promise<RunEvent[]>
  undo(approval: Awaiting): Promise<RunEvent[]>
  /** A stream that is asked for by hand. */
  stream(path: string, init?: RequestInit): Promise<RunEvent[]>
}

/** `JWT_SECRET` of installations on which further people sign up, each with an address that is verified. */
export const jwtSecret = randomBytes(32).toString('base64url')
export const password = 'correct horse battery'

/** Signs up with an address that is verified, and in. The first one of an installation is its administrator. */
export async function newPerson(
  { api, setup_url }: Pick<UpLine, 'api' | 'setup_url'>,
  email: string,
  secret = jwtSecret,
): Promise<Person> {
  const setup_secret = setup_url && setupSecretOf(setup_url)
  const signUp = await json(`${api}/auth/register/register`, { email, password, setup_secret })
  if (signUp.status !== 201) throw new Error(`${email} was not signed up: ${signUp.status} ${await signUp.text()}`)
  const user = (await signUp.json()) as { id: string; email: string; is_verified: boolean }
  if (!user.is_verified) await verifyAddress(api, user, secret)
  return signIn(api, email)
}

export async function signIn(api: string, email: string, secret = password): Promise<Person> {
  const form = new URLSearchParams({ username: email, password: secret })
  const answer = await fetch(`${api}/auth/jwt/login`, { method: 'POST', body: form })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  if (!token) throw new Error(`${email} was not signed in: ${answer.status}`)
  const authorization = { authorization: `Bearer ${token}` }
  const stream: Person['stream'] = async (path, init) => {
    const opened = await fetch(`${api}${path}`, { ...init, headers: { ...authorization, ...init?.headers } })
    if (opened.status !== 200) throw new Error(`${path} answered ${opened.status}: ${await opened.text()}`)
    return readEvents(opened)
  }
  const post = (path: string, body: unknown) =>
    stream(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  return {
    email,
    token,
    request: async (method, path, body) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const response = await fetch(`${api}${path}`, { method, headers, ...init })
      const text = await response.text()
      const isJson = /^application\/json\b/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    ask: (content, conversationId) =>
      post('/agent/chat', { messages: [{ role: 'user', content }], conversation_id: conversationId }),
    decide: (approval, approve, reason) => {
      const { call_id, conversation_id, args_digest, effect_digest } = approval
      return post(`/agent/approvals/${call_id}`, { approve, conversation_id, args_digest, effect_digest, reason })
    },
    undo: ({ call_id, conversation_id }) => post(`/agent/undo/${call_id}`, { conversation_id }),
    stream,
  }
}

/** What stands in the link that a start prints while nobody is there. */
export function setupSecretOf(setupUrl: string): string | null {
  return new URLSearchParams(new URL(setupUrl).hash.slice(1)).get('secret')
}

function json(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}
