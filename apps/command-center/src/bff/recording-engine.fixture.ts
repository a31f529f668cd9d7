import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Recorded = { method: string; path: string; headers: IncomingHttpHeaders; body: string }
export type Reply = (request: Recorded, response: ServerResponse) => void | Promise<void>

/** Stands where the engine is: keeps what arrives, knows tokens as the engine does, and answers the rest as a test has set. */
export type RecordingEngine = {
  /** Ends with `/api/v1`. */
  url: string
  requests: Recorded[]
  /** Requests for this path below the base, without their query. */
  requestsTo(path: string): Recorded[]
  /** An access token that counts, for so many seconds by its own word; refresh token of the same session. */
  issue(seconds?: number): { access: string; refresh: string }
  /** From now on it counts no longer. */
  revoke(token: string): void
  /** Answers this path from now on. */
  reply(path: string, reply: Reply): void
  close(): Promise<void>
}

export const user = {
  id: randomUUID(),
  email: 'ada@example.com',
  full_name: 'Ada',
  role: 'member',
  is_active: true,
  is_superuser: false,
  is_verified: true,
  created_at: '2026-01-01T00:00:00Z',
  grants: [],
  view_only: false,
}

const base = '/api/v1'

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export async function startRecordingEngine(): Promise<RecordingEngine> {
  const requests: Recorded[] = []
  const replies = new Map<string, Reply>()
  const live = new Set<string>()

  const issue = (seconds = 900) => {
    const claims = Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + seconds })).toString('base64url')
    const pair = { access: `head.${claims}.${randomUUID()}`, refresh: randomUUID() }
    live.add(pair.access).add(pair.refresh)
    return pair
  }
  const bearerOf = ({ headers }: Recorded) => headers.authorization?.replace(/^Bearer /, '') ?? ''
  const isKnown = (request: Recorded) => live.has(bearerOf(request)) && !isExpired(bearerOf(request))
  const refreshOf = ({ headers }: Recorded) => /refresh_token=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? ''
  const unauthorized = (response: ServerResponse) => sendJson(response, 401, { detail: 'Unauthorized' })

  replies.set('/auth/is_admin_user', (_, response) => sendJson(response, 200, { is_admin: false }))
  replies.set('/health', (_, response) => sendJson(response, 200, { status: 'ok' }))
  replies.set('/auth/jwt/login', ({ body }, response) => {
    if (new URLSearchParams(body).get('password') !== 'right') {
      return sendJson(response, 400, { detail: 'LOGIN_BAD_CREDENTIALS' })
    }
    sendJson(response, 200, { access_token: issue().access, token_type: 'bearer' })
  })
  replies.set('/auth/refresh/issue', (request, response) => {
    if (!isKnown(request)) return unauthorized(response)
    sendJson(response, 200, { refresh_token: issue().refresh, expires_in: 604_800 })
  })
  replies.set('/auth/refresh', (request, response) => {
    const used = refreshOf(request)
    if (!live.delete(used)) return sendJson(response, 401, { detail: 'Refresh token invalid' })
    const { access, refresh } = issue()
    const cookies = [`auth_token=${access}; Path=/; HttpOnly`, `refresh_token=${refresh}; Path=/; HttpOnly`]
    sendJson(response, 200, { access_token: access, token_type: 'bearer', user }, { 'set-cookie': cookies })
  })
  replies.set('/auth/logout', (request, response) => {
    live.delete(refreshOf(request))
    sendJson(response, 200, { success: true })
  })

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request = { method, path: url.slice(base.length), headers, body: Buffer.concat(chunks).toString() }
      requests.push(request)
      const reply = replies.get(pathOf(request))
      if (reply) return void reply(request, response)
      if (!isKnown(request)) return unauthorized(response)
      sendJson(response, 200, request.path === '/auth/me' ? user : { path: request.path })
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    requests,
    requestsTo: (path) => requests.filter((request) => pathOf(request) === path),
    issue,
    revoke: (token) => void live.delete(token),
    reply: (path, reply) => void replies.set(path, reply),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function isExpired(token: string): boolean {
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
  return exp <= Date.now() / 1000
}

function pathOf({ path }: Recorded): string {
  return path.split('?')[0] ?? ''
}
