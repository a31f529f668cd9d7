import { createHash } from 'node:crypto'
import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { type Engine, EngineFault, type WholeAnswer } from '../engine/call-engine.ts'
import { EngineRefusal } from '../engine/engine-refusal.ts'

export type Renewal =
  /** `cookies` are the engine's own lines. */
  | { kind: 'renewed'; access: string; cookies: readonly string[]; user: UserRead }
  /** Somebody else was first, and the access token that is there still counts. */
  | { kind: 'kept'; user: UserRead }
  | { kind: 'ended' }

export type RefreshSession = {
  /**
   * A new pair of tokens for a refresh token. All who ask with the same one share one request and its answer, late ones
   * too. Rejects with EngineFault or EngineRefusal when the engine cannot say.
   */
  renew(tokens: { refresh: string; access: string | undefined }, headers: Record<string, string>): Promise<Renewal>
  /** Gives up what is under way for this token, and forgets its answer. */
  forget(refresh: string): void
}

/** As long as the engine takes a used token for a lost race. */
const KEPT_MS = 30_000

type Flight = { renewal: Promise<Renewal>; stop: AbortController }

export function createRefreshSession(engine: Engine): RefreshSession {
  const flights = new Map<string, Flight>()
  return {
    renew: (tokens, headers) => {
      const key = digestOf(tokens.refresh)
      const known = flights.get(key)
      if (known) return known.renewal
      const stop = new AbortController()
      const renewal = exchange(engine, tokens, { headers, signal: stop.signal })
      const flight = { renewal, stop }
      const forget = () => void (flights.get(key) === flight && flights.delete(key))
      flights.set(key, flight)
      renewal.then(({ kind }) => (kind === 'renewed' ? setTimeout(forget, KEPT_MS).unref() : forget()), forget)
      return renewal
    },
    forget: (refresh) => {
      const key = digestOf(refresh)
      flights.get(key)?.stop.abort()
      flights.delete(key)
    },
  }
}

type Tokens = { refresh: string; access: string | undefined }
type Sent = { headers: Record<string, string>; signal: AbortSignal }

async function exchange(engine: Engine, { refresh, access }: Tokens, { headers, signal }: Sent): Promise<Renewal> {
  const cookie = `refresh_token=${refresh}`
  try {
    const answer = await engine.ask({ method: 'POST', path: '/auth/refresh', headers: { ...headers, cookie }, signal })
    if (answer.status === 200) return renewalOf(answer)
    if (answer.status !== 401) throw new EngineRefusal(answer)
    if (access === undefined) return { kind: 'ended' }
    const authorization = `Bearer ${access}`
    const me = await engine.ask({ method: 'GET', path: '/auth/me', headers: { ...headers, authorization }, signal })
    if (me.status === 200) return { kind: 'kept', user: me.body as UserRead }
    if (me.status === 401) return { kind: 'ended' }
    throw new EngineRefusal(me)
  } catch (error) {
    // Its holder has signed out meanwhile.
    if (signal.aborted) return { kind: 'ended' }
    throw error
  }
}

function renewalOf({ headers, body }: WholeAnswer): Renewal {
  const { access_token: access, user } = (body ?? {}) as { access_token?: unknown; user?: UserRead }
  if (typeof access !== 'string' || user === undefined) throw new EngineFault('unreachable', 'no tokens in the answer')
  const cookies = [headers['set-cookie'] ?? []].flat().filter((line) => /^(?:auth|refresh)_token=/.test(line))
  return { kind: 'renewed', access, cookies, user }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
