import type { Dispatcher } from 'undici'

const STATUSES_WITHOUT_BODY = [204, 205, 304]
/** Pieces that may wait for their reader before the connection is told to pause. */
const WAITING_PIECES = 16

/**
 * The answer to one request, straight from its connection: hundreds are open at once, and each layer of streams that
 * undici would put in between is held for as long as the model speaks.
 */
export class ModelAnswer implements Dispatcher.DispatchHandler {
  readonly response: Promise<Response>
  private readonly settle: Omit<PromiseWithResolvers<Response>, 'promise'>
  private readonly signal: AbortSignal | null | undefined
  private connection: Dispatcher.DispatchController | undefined
  private body: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(signal: AbortSignal | null | undefined) {
    const { promise, ...settle } = Promise.withResolvers<Response>()
    this.response = promise
    this.settle = settle
    this.signal = signal
    signal?.addEventListener('abort', this.onAbort, { once: true })
  }

  onRequestStart(connection: Dispatcher.DispatchController): void {
    this.connection = connection
    if (this.signal?.aborted) this.onAbort()
  }

  onResponseStart(
    connection: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    // Slices of what was read from the socket, all of which they would keep.
    connection.rawHeaders = null
    const body = STATUSES_WITHOUT_BODY.includes(status) ? null : this.openBody(connection)
    this.settle.resolve(new Response(body, { status, headers: pairs(headers) }))
  }

  onResponseData(connection: Dispatcher.DispatchController, piece: Uint8Array): void {
    this.body?.enqueue(piece)
    if ((this.body?.desiredSize ?? 1) <= 0) connection.pause()
  }

  onResponseEnd(): void {
    this.forgetSignal()
    this.body?.close()
  }

  onResponseError(_connection: unknown, error: unknown): void {
    this.forgetSignal()
    this.settle.reject(error)
    this.body?.error(error)
  }

  private openBody(connection: Dispatcher.DispatchController): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        start: (body) => {
          this.body = body
        },
        pull: () => connection.resume(),
        cancel: (reason) => connection.abort(asError(reason)),
      },
      { highWaterMark: WAITING_PIECES },
    )
  }

  private readonly onAbort = (): void => {
    const reason: unknown = this.signal?.reason
    this.settle.reject(reason)
    this.connection?.abort(asError(reason))
  }

  private forgetSignal(): void {
    this.signal?.removeEventListener('abort', this.onAbort)
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('The request was given up', 'AbortError')
}

function pairs(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}
