import type { Dispatcher } from 'undici'

export type TextAnswer = {
  statusCode: number
  headers: Dispatcher.ResponseData['headers']
  body: string
}

/** A page of 500 usual objects takes far less; the server could not hold several answers that are longer. */
const MAX_BYTES = 64 * 1024 * 1024

/** An answer has more than 64 MiB. The rest was not read. */
export class TooLong extends Error {
  override readonly name = 'TooLong'
}

/** The whole body as text. Rejects with TooLong, or with the reason of the signal that its request was given. */
export async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length
    // Leaving the loop destroys the body, and with it the connection.
    if (length > MAX_BYTES) throw new TooLong('the answer has more than 64 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
