import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** What a handler of an endpoint that answers with a stream returns, once all that can be refused has been checked. */
export type EventStream = {
  /** Chunks of one or more whole frames. The signal is aborted when the client has gone or the server closes. */
  frames(signal: AbortSignal): AsyncIterable<string>
}

/** One event on the wire: exactly one space after each colon and LF only, since line-based clients rely on it. */
export function frame({ id, type, data }: { id?: number; type: string; data: string }): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`
}

/** How long a closing server waits for clients to read what they have been sent. */
const drainMs = 1000

export type EventStreams = {
  /** Answers with the stream; to be returned by the route's handler. */
  answer(reply: FastifyReply, stream: EventStream): FastifyReply
}

/** Event streams of a server. Those still open are ended before it closes, which would otherwise wait for them. */
export function openEventStreams(app: FastifyInstance, { heartbeatMs = 15_000 } = {}): EventStreams {
  const open = new Set<EventStreamBody>()
  app.addHook('preClose', async () => {
    await Promise.all([...open].map((body) => body.finishWithin(drainMs)))
  })
  return {
    answer: (reply, stream) => {
      const body = new EventStreamBody(stream, heartbeatMs, () => reply.raw.flushHeaders())
      open.add(body)
      body.once('close', () => open.delete(body))
      return reply
        .headers({
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          connection: 'keep-alive',
          'x-accel-buffering': 'no',
        })
        .send(body)
    },
  }
}

/** Pulls chunks only as fast as the socket takes them, and breaks silence with heartbeats. */
class EventStreamBody extends Readable {
  private readonly controller = new AbortController()
  private readonly chunks: AsyncIterator<string>
  private readonly heartbeat: NodeJS.Timeout
  private onFirstRead: (() => void) | undefined
  private isPulling = false

  constructor(stream: EventStream, heartbeatMs: number, onFirstRead: () => void) {
    super()
    this.chunks = stream.frames(this.controller.signal)[Symbol.asyncIterator]()
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs)
    this.onFirstRead = onFirstRead
  }

  /** Ends the answer in good order. */
  finish(): void {
    clearInterval(this.heartbeat)
    this.controller.abort()
    if (!this.readableEnded && !this.destroyed) this.push(null)
  }

  /** Ends the answer, and cuts off a client that does not read the end of it. */
  async finishWithin(limitMs: number): Promise<void> {
    this.finish()
    await new Promise<void>((resolve) => {
      if (this.closed) return resolve()
      const late = setTimeout(() => {
        this.destroy()
        resolve()
      }, limitMs)
      this.once('close', () => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  override _read(): void {
    // The headers go out before the first event, so a client knows at once that it is connected.
    this.onFirstRead?.()
    this.onFirstRead = undefined
    if (!this.isPulling) void this.pull()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.heartbeat)
    this.controller.abort()
    // A source that is suspended between two chunks gets its chance to let go of what it holds.
    void Promise.resolve(this.chunks.return?.()).then(
      () => done(error),
      (fault: unknown) => done(error ?? asError(fault)),
    )
  }

  /** Never rejects: a fault of the source destroys the stream, which is where it is reported. */
  private async pull(): Promise<void> {
    this.isPulling = true
    try {
      let hasRoom = true
      while (hasRoom) {
        const { done, value } = await this.chunks.next()
        if (this.controller.signal.aborted) return
        if (done) return this.finish()
        this.heartbeat.refresh()
        hasRoom = this.push(value)
      }
    } catch (error) {
      this.destroy(asError(error))
    } finally {
      this.isPulling = false
    }
  }

  private beat(): void {
    if (this.readableLength > 0) return // bytes wait for the client already
    this.push(frame({ type: 'heartbeat', data: JSON.stringify({ type: 'heartbeat', timestamp: Date.now() }) }))
  }
}

function asError(fault: unknown): Error {
  return fault instanceof Error ? fault : new Error('the source of an event stream failed', { cause: fault })
}
