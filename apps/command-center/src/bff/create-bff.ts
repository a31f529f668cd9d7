import { AsyncLocalStorage } from 'node:async_hooks'
import { isLoopbackHost } from '@fairlead/service-kit/known-hosts'
import type { Logger } from '@fairlead/service-kit/logger'
import type { BffConfig } from '../config.ts'
import type { Bff } from './bff.ts'
import { connectEngine } from './engine/call-engine.ts'
import { callerHeaders } from './engine/engine-headers.ts'
import { refusalOf } from './engine/engine-refusal.ts'
import { proxyCall } from './engine/proxy-call.ts'
import type { BrowserRequest } from './guard/browser-request.ts'
import { createGuard } from './guard/guard-page.ts'
import { BffRefusal } from './refusal.ts'
import { createRefreshSession } from './session/refresh-session.ts'
import { sessionRoutes } from './session/session-routes.ts'
import { createWithSession } from './session/with-session.ts'

type Answer = (incoming: Request, request: BrowserRequest) => Promise<Response>

export function createBff(config: Readonly<BffConfig>, log: Logger): Bff & { close(): Promise<void> } {
  const engine = connectEngine(config.API_URL)
  const refreshSession = createRefreshSession(engine)
  const withSession = createWithSession(refreshSession)
  const routes = sessionRoutes({ engine, refreshSession })

  /** What was refused becomes an answer; a bug is logged once, here, and nothing of it leaves. */
  const answered =
    (answer: Answer): Answer =>
    async (incoming, request) => {
      try {
        return await answer(incoming, request)
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal === undefined && !request.gone.aborted) {
          log.error({ err: error, requestId: request.id, path: request.path }, 'request failed')
        }
        return (refusal ?? new BffRefusal(500, 'internal', 'Internal Server Error')).response(request.id)
      }
    }

  return {
    requests: new AsyncLocalStorage(),
    publicConfig: ({ scheme, host }) => ({
      apiUrl: config.NEXT_PUBLIC_API_URL,
      appName: config.NEXT_PUBLIC_APP_NAME,
      appVersion: config.NEXT_PUBLIC_APP_VERSION ?? config.APP_VERSION,
      isPlainHttp: scheme === 'http' && !isLoopbackHost(host),
    }),
    guard: createGuard({ engine, withSession }),
    proxy: answered((incoming, request) => proxyCall(incoming, request, { engine, withSession })),
    login: answered(routes.login),
    refresh: answered(routes.refresh),
    logout: answered(routes.logout),
    ready: answered(async (_incoming, request) => {
      const call = { method: 'GET', path: '/health', headers: callerHeaders(request) }
      const isUp = await engine.ask(call).then(
        ({ status }) => status === 200,
        () => false,
      )
      if (!isUp) throw new BffRefusal(503, 'engine_unreachable', 'The engine does not answer.')
      return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } })
    }),
    close: engine.close,
  }
}
