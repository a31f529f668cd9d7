import type { EndpointShape } from '@fairlead/contract/endpoints/define-endpoint'
import { type Endpoints, endpoints } from '@fairlead/contract/endpoints/endpoints'

export type EndpointRequest = {
  path?: Record<string, string>
  query?: string
  body?: unknown
  form?: boolean
}

/** A status, and the body as it came. */
export type EndpointAnswer = { status: number; text: string }

/** Asks an endpoint by its name in the contract. Of a stream that opens nothing is read, unless `untilEnd`. */
export async function askEndpoint(
  api: string,
  options: { name: keyof Endpoints; request: EndpointRequest; token: string | undefined; untilEnd?: boolean },
): Promise<EndpointAnswer> {
  const { name, request, token, untilEnd = false } = options
  const endpoint: EndpointShape = endpoints[name]
  const { path = {}, query = '', body, form } = request
  const where = endpoint.path.replace(/:(\w+)/g, (_, parameter: string) => path[parameter] ?? '')
  const abort = new AbortController()
  const answer = await fetch(`${endpoint.atRoot ? new URL(api).origin : api}${where}?${query}`, {
    method: endpoint.method,
    signal: abort.signal,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !form && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && {
      body: form ? new URLSearchParams(body as Record<string, string>) : JSON.stringify(body),
    }),
  })
  const isLeft = endpoint.answers === 'stream' && answer.status === 200 && !untilEnd
  if (!isLeft) return { status: answer.status, text: await answer.text() }
  abort.abort()
  return { status: answer.status, text: '' }
}
