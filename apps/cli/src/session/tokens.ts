import { csrfHeader } from '@fairlead/contract/client/csrf-header'
import { httpFetch } from './http-fetch.ts'
import type { Tokens } from './session-file.ts'

export type TokenStore = {
  read(): Promise<Tokens | undefined>
  write(tokens: Tokens | undefined): Promise<void>
}

/** Renewed this long before it ends, or in the last quarter of a life that is short. */
const SOON_SECONDS = 60

/** Sends requests with an access token that is renewed before it ends, and once when the server refuses it. */
export function createTokens(server: string, first: Tokens, store: TokenStore): { authorisedFetch: typeof fetch } {
  let tokens = first
  let renewing: Promise<boolean> | undefined

  /** Another command may have renewed the session that both share: its tokens are as good. */
  const renew = async (refused: string): Promise<boolean> => {
    const kept = await store.read()
    if (kept !== undefined && kept.email === tokens.email && kept.access !== refused) {
      tokens = kept
      if (!isEnding(kept.access)) return true
    }
    const renewed = await exchange(server, tokens)
    if (renewed === undefined) return false
    tokens = renewed
    await store.write(renewed)
    return true
  }
  const renewOnce = (refused: string): Promise<boolean> => {
    renewing ??= renew(refused).finally(() => {
      renewing = undefined
    })
    return renewing
  }
  const authorisedFetch = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    if (isEnding(tokens.access)) await renewOnce(tokens.access)
    const send = () => {
      const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${tokens.access}` }
      const body = typeof init.body === 'string' ? init.body : undefined
      return httpFetch(String(input), { method: init.method, headers, body, signal: init.signal ?? undefined })
    }
    const used = tokens.access
    const response = await send()
    if (response.status !== 401 || !(await renewOnce(used))) return response
    await response.body?.cancel()
    return await send()
  }
  return { authorisedFetch }
}

/**
 * A new pair for the refresh token. The page keeps the engine's own way to one from whoever is not its server, and has
 * a route beside it that answers with cookies; an engine that is asked directly has no such route.
 */
async function exchange(server: string, { email, refresh }: Tokens): Promise<Tokens | undefined> {
  const { origin } = new URL(server)
  const headers = {
    accept: 'application/json',
    cookie: `refresh_token=${refresh}`,
    origin,
    ...csrfHeader,
  }
  const ask = async (address: string) => {
    const response = await httpFetch(address, { method: 'POST', headers })
    await response.body?.cancel()
    return response
  }
  const ofPage = await ask(new URL('../auth/refresh', `${server}/`).href)
  const response = ofPage.status === 404 ? await ask(`${server}/auth/refresh`) : ofPage
  if (response.status === 401) return undefined
  // A server that is in trouble says nothing about the session.
  if (!response.ok) throw new Error(`the session could not be renewed: ${response.status}`)
  const { auth_token: access, refresh_token: next } = cookiesOf(response)
  return access && next ? { email, access, refresh: next } : undefined
}

function cookiesOf(response: Response): Record<string, string> {
  const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** By the token's own claims; one that cannot be read is tried as it is. */
function isEnding(access: string): boolean {
  try {
    const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >
    const { exp, iat } = claims
    if (typeof exp !== 'number') return false
    const soon = typeof iat === 'number' ? Math.min(SOON_SECONDS, (exp - iat) / 4) : SOON_SECONDS
    return exp - soon < Date.now() / 1000
  } catch {
    return false
  }
}
