import { request as requestPlainly } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { Readable } from 'node:stream'

export type HttpRequest = { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal }

/**
 * `fetch` as a program of its own makes it: the platform's adds the headers by which servers know a browser
 * (`Sec-Fetch-*`), and those may not ask for tokens. Redirects that repeat the request are followed once, on the same
 * host.
 */
export async function httpFetch(address: string, init: HttpRequest = {}): Promise<Response> {
  const response = await send(address, init)
  const location = response.headers.get('location')
  if ((response.status !== 307 && response.status !== 308) || location === null) return response
  const target = new URL(location, address)
  if (target.host !== new URL(address).host) return response
  await response.body?.cancel()
  return await send(target.href, init)
}

const bodiless = new Set([101, 204, 205, 304])

function send(address: string, { method = 'GET', headers, body, signal }: HttpRequest): Promise<Response> {
  const request = address.startsWith('https:') ? requestOverTls : requestPlainly
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = request(address, { method, headers: { 'user-agent': 'fairlead', ...headers, ...length }, signal })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming) => {
      const status = incoming.statusCode ?? 0
      const received = new Headers()
      for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
        for (const value of values) received.append(name, value)
      }
      // A line that breaks is told to whoever reads the body; nobody may be left who does.
      incoming.on('error', () => {})
      const isEmpty = bodiless.has(status)
      if (isEmpty) incoming.resume()
      resolve(
        new Response(isEmpty ? null : (Readable.toWeb(incoming) as ReadableStream), { status, headers: received }),
      )
    })
    outgoing.end(body)
  })
}
