import { createParser } from 'eventsource-parser'

/** One event of a stream as it came: `data` is not parsed yet. */
export type ServerEvent = { id: string | undefined; event: string | undefined; data: string }

/**
 * Reads a body of server-sent events, however its bytes are cut. Returning early cancels the body; an error of the
 * body is thrown on.
 */
export async function* readServerEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void> {
  const found: ServerEvent[] = []
  const parser = createParser({ onEvent: ({ id, event, data }) => found.push({ id, event, data }) })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value, { stream: true }))
      yield* found.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
