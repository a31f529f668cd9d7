import { ApiError } from '@fairlead/contract/client/api-error'
import { type Api, createApi } from '@fairlead/contract/client/create-api'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { CommandError } from '../terminal/command-error.ts'
import { neutraliseLine } from '../terminal/neutralise-line.ts'
import { askLine, askPassword } from '../terminal/prompts.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { httpFetch } from './http-fetch.ts'
import { isReadableOnTheWay } from './server-address.ts'
import { sessionFile, type Tokens } from './session-file.ts'
import { createTokens, type TokenStore } from './tokens.ts'

export type Session = {
  api: Api
  server: string
  user: UserRead
  /** Signs out where the session was made for this command alone. */
  close(): Promise<void>
}

const TRIES = 3

/**
 * Signs in: by the e-mail and password of the environment, which leave nothing behind; else by the session that is
 * kept for this server; else by asking. Throws CommandError when none of them does.
 */
export async function openSession(server: string, terminal: Terminal): Promise<Session> {
  const { FAIRLEAD_EMAIL: email, FAIRLEAD_PASSWORD: password } = terminal.env
  if (isReadableOnTheWay(server)) {
    terminal.note(`${server} is not encrypted: what you type and your sign-in can be read on the way.`)
  }
  if (email && password) return await forThisCommand(server, await signIn(server, { email, password }))
  const file = sessionFile(terminal.env)
  const store: TokenStore = { read: () => file.read(server), write: (tokens) => file.write(server, tokens) }
  const kept = await store.read()
  if (kept !== undefined && (!email || kept.email === email.toLowerCase())) {
    const session = await resumed(server, kept, store)
    if (session !== undefined) return session
  }
  const signedIn = await askToSignIn(server, terminal, email)
  await store.write(signedIn)
  return await withUser(server, signedIn, store)
}

async function forThisCommand(server: string, tokens: Tokens): Promise<Session> {
  const held: { tokens: Tokens | undefined } = { tokens }
  const store: TokenStore = {
    read: async () => held.tokens,
    write: async (next) => {
      held.tokens = next
    },
  }
  const session = await withUser(server, tokens, store)
  // Best effort: whoever leaves a line that is down has nothing to wait for.
  return { ...session, close: () => session.api.call('POST /auth/jwt/logout').catch(() => {}) }
}

/** Undefined when the kept session is over. */
async function resumed(server: string, kept: Tokens, store: TokenStore): Promise<Session | undefined> {
  try {
    return await withUser(server, kept, store)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    await store.write(undefined)
    return undefined
  }
}

async function withUser(server: string, tokens: Tokens, store: TokenStore): Promise<Session> {
  const { authorisedFetch } = createTokens(server, tokens, store)
  const api = createApi({ base: server, fetch: authorisedFetch })
  return { api, server, user: await api.call('GET /auth/me'), close: async () => {} }
}

async function askToSignIn(server: string, terminal: Terminal, known: string | undefined): Promise<Tokens> {
  if (!terminal.isInteractive) {
    throw new CommandError(
      'notSignedIn',
      `Not signed in at ${server}: run "fairlead chat" at a terminal once, or set FAIRLEAD_EMAIL and FAIRLEAD_PASSWORD.`,
    )
  }
  terminal.note(`Sign in at ${neutraliseLine(server)}`)
  const left = () => new CommandError('notSignedIn', 'Not signed in.')
  for (let attempt = 1; ; attempt++) {
    const check = (answer: string) => (answer.includes('@') ? undefined : 'Your e-mail address, please.')
    const email = known || (await askLine(terminal, { message: 'E-mail', check }))
    if (email === undefined) throw left()
    const password = await askPassword(terminal, 'Password')
    if (password === undefined) throw left()
    try {
      return await signIn(server, { email, password })
    } catch (error) {
      if (!(error instanceof CommandError) || attempt === TRIES) throw error
      terminal.note(error.message)
    }
  }
}

type Credentials = { email: string; password: string }

async function signIn(server: string, { email, password }: Credentials): Promise<Tokens> {
  const form = new URLSearchParams({ username: email, password })
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  const login = await answered(`${server}/auth/jwt/login`, { method: 'POST', headers, body: form.toString() })
  const access = String(login.access_token)
  const issued = await answered(`${server}/auth/refresh/issue`, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: `Bearer ${access}` },
  })
  return { email: email.toLowerCase(), access, refresh: String(issued.refresh_token) }
}

async function answered(address: string, init: Parameters<typeof httpFetch>[1]): Promise<Record<string, unknown>> {
  let response: Response
  try {
    response = await httpFetch(address, init)
  } catch (cause) {
    throw new ApiError(0, undefined, undefined, cause)
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && typeof body === 'object' && body !== null) return body as Record<string, unknown>
  const error = new ApiError(response.status, body, response.headers)
  // Some servers answer an unknown address with a fault of their own; nobody learns here which addresses exist.
  if (response.status === 400 || response.status === 401 || response.status === 500) {
    throw new CommandError('notSignedIn', 'E-mail or password is not right.', error)
  }
  throw error
}
