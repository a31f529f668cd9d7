import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { Agent } from 'undici'

export type ModelFetch = typeof globalThis.fetch

const STATUSES_WITHOUT_BODY = [204, 205, 304]

/**
 * One pool for all model calls: no limit on connections, since hundreds of streams are open at once and none may wait
 * for another's answer. `silenceSeconds` limits the time to the first byte and between bytes. A `fetch` only as far as
 * clients of models go: it asks once, follows no redirect with its key, and holds on to no copies of the request while
 * the answer streams.
 */
export function createModelFetch({ silenceSeconds }: { silenceSeconds: number }): ModelFetch {
  const silence = silenceSeconds * 1000
  const dispatcher = new Agent({
    connections: null,
    connectTimeout: 10_000,
    headersTimeout: silence,
    bodyTimeout: silence,
    keepAliveTimeout: 15_000,
  })
  return async (input, { method = 'GET', headers, body, signal } = {}) => {
    const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input)
    if (body != null && typeof body !== 'string') throw new TypeError('A request to a model is a text')
    const text = body ?? ''
    const answer = await dispatcher.request({
      origin,
      path: pathname + search,
      method: method as 'GET' | 'POST',
      headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': `${Buffer.byteLength(text)}` },
      body: sentOnce(text),
      signal,
    })
    const { statusCode: status } = answer
    const isEmpty = STATUSES_WITHOUT_BODY.includes(status)
    const content = isEmpty ? null : (Readable.toWeb(answer.body) as ReadableStream<Uint8Array> as never)
    return new Response(content, { status, headers: pairs(answer.headers) })
  }
}

/** As a stream, which is empty once it is sent: a text would be held, twice, until the answer ends. */
function sentOnce(text: string): Readable {
  const body = new Readable({ read: () => {} })
  body.push(text)
  body.push(null)
  return body
}

function pairs(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}
