import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeRequest = { method: string; path: string; query: URLSearchParams; body: unknown }
/** JSON, or a stream of bytes as they are to be sent. */
export type FakeAnswer =
  | { status: number; body: unknown; headers?: Record<string, string> }
  | { stream: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> }
export type FakeHandler = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>

/** Plays a server of the wire that our engine never is: every answer is the test's own. */
export type FakeEngine = {
  /** For `API_URL`. */
  apiUrl: string
  requests: FakeRequest[]
  /** Says what is answered from now on; `path` below the API, a segment `:name` stands for any. */
  on(method: string, path: string, handler: FakeHandler): void
  /** Forgets what was told and asked. */
  reset(): void
  close(): Promise<void>
}

type Route = { method: string; pattern: RegExp; handler: FakeHandler }

/** Somebody is signed in, nothing was ever asked, and what is not told is not there. */
export async function startFakeEngine(user: Record<string, unknown>): Promise<FakeEngine> {
  const requests: FakeRequest[] = []
  const routes: Route[] = []
  const on: FakeEngine['on'] = (method, path, handler) => {
    const pattern = new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}/?$`)
    routes.unshift({ method, pattern, handler })
  }
  const always = (method: string, path: string, body: unknown) => on(method, path, () => ({ status: 200, body }))
  always('GET', '/auth/is_admin_user', { is_admin: false })
  always('POST', '/auth/jwt/login', { access_token: unsignedToken(String(user.id)), token_type: 'bearer' })
  always('POST', '/auth/refresh/issue', { refresh_token: randomUUID(), expires_in: 3600 })
  always('GET', '/auth/me', user)
  always('GET', '/conversations', {
    status: 'success',
    data: [],
    pagination: { limit: 25, next_cursor: null, has_more: false },
  })
  on('POST', '/conversations', () => {
    const made = { status: 'success', id: randomUUID(), title: '', created_at: new Date().toISOString() }
    return { status: 200, body: made }
  })
  on('GET', '/conversations/:id', ({ path }) => {
    const id = path.split('/').at(-1)
    const empty = {
      status: 'success',
      exists: true,
      id,
      created_at: new Date().toISOString(),
      messages: [],
      title: null,
    }
    return { status: 200, body: { ...empty, active_run_id: null } }
  })
  const routeCount = routes.length
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const { pathname, searchParams: query } = new URL(incoming.url ?? '/', 'http://fake')
    const text = Buffer.concat(chunks).toString()
    const isJson = /^application\/json\b/.test(incoming.headers['content-type'] ?? '')
    const path = pathname.replace('/api/v1', '')
    const request = { method: incoming.method ?? 'GET', path, query, body: isJson && text ? JSON.parse(text) : text }
    requests.push(request)
    const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(path))
    const answer = (await route?.handler(request)) ?? { status: 404, body: { detail: 'Not Found' } }
    if ('stream' in answer) {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders()
      for await (const piece of answer.stream) {
        if (response.destroyed) return
        response.write(piece)
      }
      return void response.end()
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body))
  }
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`,
    requests,
    on,
    reset: () => {
      requests.length = 0
      // What is told later comes first.
      routes.splice(0, routes.length - routeCount)
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The page's server reads when it ends, and leaves the rest to the engine. */
function unsignedToken(sub: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub, iat: now, exp: now + 3600 })}.c2lnbmF0dXJl`
}
