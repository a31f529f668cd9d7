import type { AsyncLocalStorage } from 'node:async_hooks'
import type { PublicConfig } from '../public-config.ts'
import type { PageVerdict } from './guard/guard-page.ts'
import type { PageRequest } from './guard/page-request.ts'

/**
 * What `main.ts` has built, as Next's modules reach it: pages, guard and route handlers may each be a copy of their own,
 * and there must be one set of rules, one connection pool and one refresh at a time.
 */
export type PageServer = {
  /** The request that is being answered. */
  requests: AsyncLocalStorage<PageRequest>
  publicConfig(request: PageRequest): PublicConfig
  guard(request: PageRequest): Promise<PageVerdict>
  /** Answers `/api/v1/*`. */
  proxy(incoming: Request, request: PageRequest): Promise<Response>
  login(incoming: Request, request: PageRequest): Promise<Response>
  refresh(incoming: Request, request: PageRequest): Promise<Response>
  logout(incoming: Request, request: PageRequest): Promise<Response>
  /** Whether the engine answers. */
  ready(incoming: Request, request: PageRequest): Promise<Response>
}

const key = Symbol.for('fairlead.page-server')
const shared = globalThis as { [key]?: PageServer }

export function sharePageServer(server: PageServer | undefined): void {
  shared[key] = server
}

/** Throws where the server was not started by `main.ts`: without its judgement of the request nothing is answered. */
export function pageServer(): PageServer {
  const server = shared[key]
  if (server === undefined) throw new Error('The page is served by src/main.ts alone')
  return server
}

export function pageRequest(): PageRequest {
  const request = pageServer().requests.getStore()
  if (request === undefined) throw new Error('There is no request here')
  return request
}
