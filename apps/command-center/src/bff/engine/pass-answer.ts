import { setCookies } from '../refusal.ts'
import type { EngineAnswer } from './call-engine.ts'
import { engineFailed, promisedRefusal } from './engine-refusal.ts'

const passed = [
  'content-type',
  'content-disposition',
  'content-range',
  'retry-after',
  'x-request-id',
  'x-process-time',
] as const

/** The engine's answer as the browser gets it: chunk by chunk, nothing added but what caches and proxies must know. */
export async function passAnswer(answer: EngineAnswer, cookies: readonly string[]): Promise<Response> {
  const { status, headers, body } = answer
  const encoding = headers['content-encoding']
  const isPlain = encoding === undefined || encoding === 'identity'
  if (status >= 500 || !isPlain) {
    const promised = isPlain ? promisedRefusal(status, await body.text()) : undefined
    if (!isPlain) await body.dump()
    throw (promised ?? engineFailed(status >= 500 ? status : 502, headers)).withCookies(cookies)
  }
  const back = new Headers([['cache-control', 'no-store'], ...setCookies(cookies)])
  for (const name of passed) {
    const value = headers[name]
    if (typeof value === 'string') back.set(name, value)
  }
  if (/^text\/event-stream\b/i.test(back.get('content-type') ?? '')) {
    back.set('cache-control', 'no-cache, no-transform')
    back.set('x-accel-buffering', 'no')
  }
  if (status === 204 || status === 205 || status === 304) {
    await body.dump()
    return new Response(null, { status, headers: back })
  }
  return new Response(handedOn(body), { status, headers: back })
}

/** Its end without an error is the engine's; an error breaks the answer off, and a reader who leaves ends the body. */
function handedOn(body: EngineAnswer['body']): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream({
    // The framework sends the head of an answer with its first chunk, and a stream may be silent for long.
    start: (controller) => controller.enqueue(new Uint8Array()),
    pull: async (controller) => {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value as Uint8Array)
    },
    cancel: () => void body.destroy(),
  })
}
