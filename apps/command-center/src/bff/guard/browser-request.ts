import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { type TrustedProxies, trustedProxies } from '@fairlead/service-kit/client-address'
import { isLoopbackHost } from '@fairlead/service-kit/known-hosts'
import type { CurrentUser } from '../session/session-state.ts'

/** One request as it came over the connection, and what is known of it before anybody rewrites it. */
export type BrowserRequest = {
  id: string
  method: string
  /** The path as it was sent. */
  path: string
  /** As it was sent, with its question mark; empty without one. */
  search: string
  headers: Readonly<IncomingHttpHeaders>
  /** Address of the person's machine. */
  client: string
  scheme: 'http' | 'https'
  host: string
  /** Every host name that a trusted proxy passes on. The caller may have written all but the last. */
  forwardedHosts: readonly string[]
  /** Origins of this app: where one of its own pages may have sent it from. */
  ownOrigins: readonly string[]
  nonce: string
  /** Aborted when the browser has gone before the answer was complete. */
  gone: AbortSignal
  /** Who asks, once the guard has found out. */
  session?: CurrentUser
}

type Settings = { PUBLIC_URL?: string; TRUSTED_PROXIES: readonly string[] }

export function createReadRequest({ PUBLIC_URL, TRUSTED_PROXIES }: Settings) {
  const proxies = trustedProxies(TRUSTED_PROXIES)
  const publicUrl = PUBLIC_URL === undefined ? undefined : new URL(PUBLIC_URL)
  return (incoming: IncomingMessage, response: ServerResponse): BrowserRequest => {
    const { headers, url = '/', method = 'GET', socket } = incoming
    const [path = '', ...rest] = url.split('?')
    const forwarded = forwardedOf(proxies, incoming)
    const host = forwarded.hosts[0] ?? headers.host ?? ''
    const isLoopback = isLoopbackHost(host)
    const otherwise = isLoopback || publicUrl === undefined ? 'http:' : publicUrl.protocol
    const scheme = forwarded.scheme ?? (otherwise === 'https:' ? 'https' : 'http')
    return {
      id: acceptedId(headers['x-request-id']) ?? randomUUID(),
      method,
      path,
      search: rest.length === 0 ? '' : `?${rest.join('?')}`,
      headers: { ...headers },
      client: proxies.clientAddress({ remoteAddress: socket.remoteAddress, headers }),
      scheme,
      host,
      forwardedHosts: forwarded.hosts,
      ownOrigins: [
        ...(publicUrl === undefined ? [] : [publicUrl.origin]),
        // Through a port-forward the page is opened at an address of this machine, whatever the public one is.
        ...(publicUrl === undefined || isLoopback ? [`${scheme}://${host}`.toLowerCase()] : []),
      ],
      nonce: randomBytes(16).toString('base64'),
      gone: goneSignal(response),
    }
  }
}

function forwardedOf(proxies: TrustedProxies, { headers, socket }: IncomingMessage) {
  if (!proxies.isTrusted(socket.remoteAddress)) return { hosts: [] }
  const all = (name: string) => {
    const texts = [headers[name] ?? []].flat().flatMap((text) => text.split(','))
    return texts.map((text) => text.trim()).filter((text) => text !== '')
  }
  const scheme = all('x-forwarded-proto')[0]?.toLowerCase()
  return {
    hosts: all('x-forwarded-host'),
    scheme: scheme === 'https' || scheme === 'http' ? scheme : undefined,
  } as const
}

/** What a caller names its request stands in logs: short and of plain characters. */
function acceptedId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined
}

function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort('client-gone')
  })
  return controller.signal
}
