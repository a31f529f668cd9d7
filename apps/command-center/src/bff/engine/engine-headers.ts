import type { BrowserRequest } from '../guard/browser-request.ts'

/** What every call to the engine says of the request it is made for. */
export function callerHeaders({ id, scheme, host, client, headers }: BrowserRequest): Record<string, string> {
  const { 'user-agent': agent, 'accept-language': language } = headers
  return {
    'x-request-id': id,
    'x-forwarded-proto': scheme,
    'x-forwarded-host': host,
    'x-forwarded-for': client,
    ...(agent === undefined ? {} : { 'user-agent': agent }),
    ...(language === undefined ? {} : { 'accept-language': language }),
  }
}

/** Of a request that is passed on: these of the browser's headers and no other. */
export function passedHeaders(request: BrowserRequest): Record<string, string> {
  const named = ['accept', 'content-type', 'range', 'last-event-id'].flatMap((name) => {
    const value = request.headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { ...callerHeaders(request), ...Object.fromEntries(named) }
}
