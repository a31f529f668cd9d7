import type { AsyncLocalStorage } from 'node:async_hooks'
import type { PublicConfig } from '../public-config.ts'
import type { BrowserRequest } from './guard/browser-request.ts'
import type { PageVerdict } from './guard/guard-page.ts'

/**
 * What `main.ts` has built, as Next's modules reach it: pages, guard and route handlers may each be a copy of their own,
 * and there must be one set of rules, one connection pool and one refresh at a time.
 */
export type Bff = {
  /** The request that is being answered. */
  requests: AsyncLocalStorage<BrowserRequest>
  publicConfig(request: BrowserRequest): PublicConfig
  guard(request: BrowserRequest): Promise<PageVerdict>
  /** Answers `/api/v1/*`. */
  proxy(incoming: Request, request: BrowserRequest): Promise<Response>
  login(incoming: Request, request: BrowserRequest): Promise<Response>
  refresh(incoming: Request, request: BrowserRequest): Promise<Response>
  logout(incoming: Request, request: BrowserRequest): Promise<Response>
  /** Whether the engine answers. */
  ready(incoming: Request, request: BrowserRequest): Promise<Response>
}

const key = Symbol.for('fairlead.bff')
const shared = globalThis as { [key]?: Bff }

export function shareBff(server: Bff | undefined): void {
  shared[key] = server
}

/** Throws where the server was not started by `main.ts`: without its judgement of the request nothing is answered. */
export function bff(): Bff {
  const server = shared[key]
  if (server === undefined) throw new Error('The page is served by src/main.ts alone')
  return server
}

export function browserRequest(): BrowserRequest {
  const request = bff().requests.getStore()
  if (request === undefined) throw new Error('There is no request here')
  return request
}
