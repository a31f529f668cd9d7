import type { Dispatcher } from 'undici'

export type TextAnswer = {
  statusCode: number
  headers: Dispatcher.ResponseData['headers']
  body: string
}

/** Far more than what a page of 500 usual objects takes; more than a few of it at once no server of this kind should hold. */
const MOST_BYTES = 64 * 1024 * 1024

/** An answer that is longer than anybody here could hold; the rest was not read. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/**
 * Sends a request whose answer is wanted whole: its body is put together as it comes, without the stream that undici
 * makes of one. Rejects with TooLong for one of more than 64 MiB, and with the signal's reason as soon as it fires, be it
 * before there is a connection.
 */
export function textAnswerOf(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal?: AbortSignal,
): Promise<TextAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TextAnswer>()
  let controller: Dispatcher.DispatchController | undefined
  let head: Omit<TextAnswer, 'body'> = { statusCode: 0, headers: {} }
  const chunks: Buffer[] = []
  let length = 0
  const giveUp = () => {
    reject(signal?.reason)
    controller?.abort(new Error('nobody waits for the answer', { cause: signal?.reason }))
  }
  if (signal?.aborted) return Promise.reject(signal.reason)
  signal?.addEventListener('abort', giveUp, { once: true })
  const leave = () => signal?.removeEventListener('abort', giveUp)
  dispatcher.dispatch(options, {
    onRequestStart(started) {
      controller = started
      if (signal?.aborted) giveUp()
    },
    onResponseStart(_, statusCode, headers) {
      head = { statusCode, headers }
    },
    onResponseData(_, chunk) {
      length += chunk.length
      if (length <= MOST_BYTES) chunks.push(chunk)
      else controller?.abort(new TooLong('the answer has more than 64 MiB'))
    },
    onResponseEnd() {
      leave()
      resolve({ ...head, body: Buffer.concat(chunks).toString('utf8') })
    },
    onResponseError(_, error) {
      leave()
      reject(error)
    },
  })
  return promise
}
