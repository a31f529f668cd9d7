import type { Readable } from 'node:stream'
import { Agent } from 'undici'
import { ModelAnswer } from './model-answer.ts'

export type ModelFetch = typeof globalThis.fetch

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
    signal?.throwIfAborted()
    const text = body ?? ''
    const answer = new ModelAnswer(signal)
    const request = {
      origin,
      path: pathname + search,
      method: method as 'GET' | 'POST',
      headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': `${Buffer.byteLength(text)}` },
      body: sentOnce(text),
    }
    dispatcher.dispatch(request, answer)
    return await answer.response
  }
}

/** A body of one piece that is let go of when it is sent: a text would be held, twice, until the answer ends. */
function sentOnce(text: string): Readable {
  const pieces = [text]
  const next = () => ({ done: pieces.length === 0, value: pieces.pop() })
  // Iterables are taken and documented, but not typed; a `Readable` would be held as well.
  return { [Symbol.iterator]: () => ({ next }) } as unknown as Readable
}
