import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** What a handler of an endpoint that answers with a stream returns, once all that can be refused has been checked. */
export type EventStream = {
  /** Those of one batch leave in one write. The signal is aborted when the client has gone, its session has ended, or the server closes. */
  batches(signal: AbortSignal): AsyncIterable<readonly StreamEvent[]>
}

/** Waits for the end of the session that opened an answer; returns what forgets it again. */
export type Watch = (onEnd: () => void) => () => void

/** `data` is JSON on one line. A client goes on from the newest `id`; an event without one has no place in the stream. */
export type StreamEvent = { readonly id?: number; readonly type: string; readonly data: string }

/** One event on the wire: exactly one space after each colon and LF only, since line-based clients rely on it. */
function frame({ id, type, data }: StreamEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`
}

/** How long a client has to read what it has been sent when its stream is ended from here. */
const drainMs = 1000
/** The headers leave with the first event, or without it when it takes longer: the client knows that it is connected. */
const headersMs = 5

export type EventStreams = {
  /**
   * Answers with the stream; to be returned by the route's handler. What `watch` waits for ends it, however far its
   * reader has come.
   */
  answer(reply: FastifyReply, stream: EventStream, watch?: Watch): FastifyReply
}

export type EventStreamOptions = {
  heartbeatMs?: number
  /** Puts the headers on that every answer has: hooks on sending do not see these. */
  addHeaders?: (reply: FastifyReply) => void
}

/** Event streams of a server. Those still open are ended before it closes, which would otherwise wait for them. */
export function openEventStreams(app: FastifyInstance, options: EventStreamOptions = {}): EventStreams {
  const { heartbeatMs = 15_000, addHeaders } = options
  const open = new Set<StreamedAnswer>()
  app.addHook('preClose', async () => {
    await Promise.all([...open].map((answer) => answer.finishWithin(drainMs)))
  })
  return {
    answer: (reply, stream, watch) => {
      addHeaders?.(reply)
      reply.headers({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
      })
      reply.hijack()
      for (const [name, value = ''] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value)
      const answer = new StreamedAnswer(reply.raw)
      open.add(answer)
      const forget = watch?.(() => void answer.finishWithin(drainMs))
      onceClosed(reply.raw, () => {
        open.delete(answer)
        forget?.()
      })
      void answer.send(stream, heartbeatMs).catch((error: unknown) => {
        reply.log.error({ err: error }, 'An event stream failed and was cut')
      })
      return reply
    },
  }
}

/** Of a client that has gone before its stream begins, the close has been told already. */
function onceClosed(response: ServerResponse, then: () => void): void {
  if (response.closed) then()
  else response.once('close', then)
}

const isOver = new Error('The client has gone, or the stream is ended from here')

/**
 * Written to the socket without a stream between: a piece of text passes here for every piece that a model says, and two
 * thousand of these may be open.
 */
class StreamedAnswer {
  private readonly response: ServerResponse
  private readonly controller = new AbortController()

  constructor(response: ServerResponse) {
    this.response = response
    onceClosed(response, () => this.controller.abort(isOver))
    response.on('error', () => {}) // a write to a client that has just gone: the close tells
  }

  /** Asks for events only as fast as the socket takes them, and breaks silence. Rejects with a fault of the source. */
  async send(stream: EventStream, heartbeatMs: number): Promise<void> {
    const { response, controller } = this
    const { signal } = controller
    const headers = setTimeout(() => response.flushHeaders(), headersMs)
    const heartbeat = setInterval(() => this.beat(), heartbeatMs)
    try {
      for await (const batch of stream.batches(signal)) {
        if (signal.aborted) break
        clearTimeout(headers)
        heartbeat.refresh()
        let frames = ''
        for (const event of batch) frames += frame(event)
        if (!response.write(frames)) await this.drained()
      }
      response.end()
    } catch (error) {
      // Cut, not ended: the client attaches again.
      response.destroy()
      throw error
    } finally {
      clearTimeout(headers)
      clearInterval(heartbeat)
    }
  }

  /** Ends the answer in good order, and cuts off a client that does not read the end of it. */
  async finishWithin(limitMs: number): Promise<void> {
    const { response } = this
    this.controller.abort(isOver)
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => response.destroy(), limitMs)
      onceClosed(response, () => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  private async drained(): Promise<void> {
    await once(this.response, 'drain', { signal: this.controller.signal }).catch(() => {}) // the abort is seen by its signal
  }

  private beat(): void {
    if (this.response.writableLength > 0) return // bytes wait for the client already
    this.response.write(
      frame({ type: 'heartbeat', data: JSON.stringify({ type: 'heartbeat', timestamp: Date.now() }) }),
    )
  }
}
