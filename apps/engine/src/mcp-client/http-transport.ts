import { setTimeout as sleep } from 'node:timers/promises'
import {
  type JSONRPCMessage,
  PROTOCOL_VERSION_META_KEY,
  parseJSONRPCMessage,
  SdkErrorCode,
  SdkHttpError,
  type Transport,
  type TransportSendOptions,
} from '@modelcontextprotocol/client'
import { createParser } from 'eventsource-parser'
import { Agent, fetch, type RequestInit } from 'undici'

type Response = Awaited<ReturnType<typeof fetch>>
type RequestId = string | number
type Options = {
  url: string
  /** Sent as bearer. */
  token?: string
  /** Limit to the first byte and between bytes; a comment of the server counts. */
  silenceSeconds: number
  /** What sends, when it is not undici's: for who has to sign in on the way. */
  fetch?: typeof fetch
}

/** `abort` ends the request; `signal` tells that it has ended, in this way or by its caller. */
type RequestControl = { signal: AbortSignal; abort(): void }

/** Where a stream may be taken up again, as its server said. */
type Mark = { lastEventId: string; retryMs: number }

const RETRY_MS = 1_000
/** An answer without an end must not fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
/** How long a stream may go on behind its answer; read to its end, its connection can be used again. */
const DRAIN_MS = 2000
/** A server that ends its stream again and again without another event has nothing more to say. */
const MAX_RESUMPTIONS = 5

/** The request was delivered, and its answer ended, or could not be taken up again, without the response that was due. */
export class AnswerCutError extends Error {
  override readonly name = 'AnswerCutError'
}

/**
 * Streamable HTTP, one POST a message. The SDK's own transport leaves a request waiting when its answer breaks off; here
 * a request ends with its POST, and an abort ends the POST. Only where the server itself has ended the stream of an answer
 * and said how to go on with it, it is asked for the rest.
 */
export class HttpTransport implements Transport {
  readonly hasPerRequestStream = true
  sessionId: string | undefined
  onmessage: Transport['onmessage']
  onclose: Transport['onclose']
  onerror: Transport['onerror']
  readonly #options: Options
  readonly #dispatcher: Agent
  readonly #inFlight = new Map<string | number, AbortController>()
  #protocolVersion: string | undefined

  constructor(options: Options) {
    this.#options = options
    const silence = options.silenceSeconds * 1000
    this.#dispatcher = new Agent({
      connectTimeout: 10_000,
      headersTimeout: silence,
      bodyTimeout: silence,
      maxResponseSize: MAX_ANSWER_BYTES,
    })
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {
    for (const request of this.#inFlight.values()) request.abort()
    await this.#dispatcher.close()
    this.onclose?.()
  }

  setProtocolVersion(version: string): void {
    this.#protocolVersion = version
  }

  /** Of a request, settles when its answer has been handed on; rejects with what kept it from coming. */
  async send(message: JSONRPCMessage, options: TransportSendOptions = {}): Promise<void> {
    if ('method' in message && message.method === 'notifications/cancelled') return this.#cancel(message.params)
    const abort = new AbortController()
    const id = 'method' in message && 'id' in message ? message.id : undefined
    if (id !== undefined) this.#inFlight.set(id, abort)
    const signal = options.requestSignal ? AbortSignal.any([abort.signal, options.requestSignal]) : abort.signal
    try {
      const response = await this.#fetch({
        method: 'POST',
        headers: this.#headers(message, options),
        body: JSON.stringify(message),
        signal,
      })
      this.sessionId = response.headers.get('mcp-session-id') ?? this.sessionId
      await this.#receive(response, { id, signal, abort: () => abort.abort() })
    } finally {
      if (id !== undefined) this.#inFlight.delete(id)
    }
  }

  #fetch(init: RequestInit): Promise<Response> {
    const { url, fetch: send = fetch } = this.#options
    return send(url, { ...init, dispatcher: this.#dispatcher })
  }

  /** A server without sessions cannot find a request by its id: ending the request itself is what it notices. */
  #cancel(params: Record<string, unknown> | undefined): void {
    const id = params?.requestId
    if (typeof id === 'string' || typeof id === 'number') this.#inFlight.get(id)?.abort()
  }

  #headers(message: JSONRPCMessage, options: TransportSendOptions): Record<string, string> {
    const headers: Record<string, string> = {
      ...options.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...this.#common(),
    }
    // From 2026-07-28 each request names its version itself, and the headers repeat what the body says.
    if ('method' in message && 'id' in message) {
      const claimed = message.params?._meta?.[PROTOCOL_VERSION_META_KEY]
      if (typeof claimed === 'string') {
        headers['mcp-protocol-version'] = claimed
        headers['mcp-method'] = message.method
        const name = message.params?.name ?? message.params?.uri
        if (typeof name === 'string') headers['mcp-name'] = name
      }
    }
    return headers
  }

  /** Of every request, whatever it says. */
  #common(): Record<string, string> {
    const { token } = this.#options
    return {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(this.sessionId !== undefined && { 'mcp-session-id': this.sessionId }),
      ...(this.#protocolVersion !== undefined && { 'mcp-protocol-version': this.#protocolVersion }),
    }
  }

  async #receive(
    response: Response,
    { id, ...control }: RequestControl & { id: RequestId | undefined },
  ): Promise<void> {
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok) return this.#receiveRefusal(response, id)
    if (id === undefined || response.status === 202) return void (await response.text())
    if (type.startsWith('application/json')) return this.#handOn(await response.json())
    if (!type.startsWith('text/event-stream')) {
      await response.body?.cancel()
      throw new AnswerCutError(`The answer is neither JSON nor an event stream: ${type}`)
    }
    await this.#follow(response, { id, ...control })
  }

  /** A refusal may carry the answer to the request itself (an unknown protocol version, say). */
  async #receiveRefusal(response: Response, id: string | number | undefined): Promise<void> {
    const { status, statusText } = response
    const text = await response.text()
    const answer = status === 400 && id !== undefined ? errorAnswer(text, id) : undefined
    if (answer !== undefined) return this.onmessage?.(answer)
    const data = { status, statusText, text }
    throw new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `The tool server answered ${status}`, data)
  }

  async #follow(response: Response, request: RequestControl & { id: RequestId }): Promise<void> {
    let mark = await this.#read(response, request)
    for (let unchanged = 0; mark !== undefined && unchanged < MAX_RESUMPTIONS; ) {
      await sleep(mark.retryMs, undefined, { signal: request.signal })
      const next = await this.#read(await this.#resume(mark, request.signal), request, mark)
      unchanged = next?.lastEventId === mark.lastEventId ? unchanged + 1 : 0
      mark = next
    }
    if (mark !== undefined) throw new AnswerCutError('The stream ended before the answer')
  }

  /** Reads a stream to its end. Undefined once it brought the answer; throws when it did not, and cannot be taken up. */
  async #read(
    response: Response,
    { id, abort }: RequestControl & { id: RequestId },
    before?: Mark,
  ): Promise<Mark | undefined> {
    let isAnswered = false
    let drainTimer: NodeJS.Timeout | undefined
    let lastEventId = before?.lastEventId
    let retryMs = before?.retryMs ?? RETRY_MS
    const parser = createParser({
      onRetry: (milliseconds) => {
        retryMs = milliseconds
      },
      onEvent: ({ id: eventId, data }) => {
        lastEventId = eventId || lastEventId
        // Some events only tell where the stream may be taken up.
        if (data === '') return
        const message = parseJSONRPCMessage(JSON.parse(data))
        this.onmessage?.(message)
        if ('method' in message || message.id !== id) return
        isAnswered = true
        drainTimer ??= setTimeout(abort, DRAIN_MS)
      },
    })
    const decoder = new TextDecoder()
    try {
      for await (const bytes of response.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }))
    } catch (error) {
      // Behind the answer nothing depends on the rest.
      if (!isAnswered) throw error
    } finally {
      clearTimeout(drainTimer)
    }
    if (isAnswered) return undefined
    if (lastEventId === undefined) throw new AnswerCutError('The stream ended before the answer')
    return { lastEventId, retryMs }
  }

  async #resume({ lastEventId }: Mark, signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#common(), accept: 'text/event-stream', 'last-event-id': lastEventId }
    const response = await this.#fetch({ method: 'GET', headers, signal }).catch((cause: unknown) => {
      // Not even a connection that is refused says anything about the request itself, which has arrived.
      throw new AnswerCutError('The rest of the answer could not be asked for', { cause })
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (response.ok && isStream) return response
    await response.body?.cancel()
    throw new AnswerCutError(`The rest of the answer was refused with ${response.status}`)
  }

  #handOn(body: unknown): void {
    for (const message of Array.isArray(body) ? body : [body]) this.onmessage?.(parseJSONRPCMessage(message))
  }
}

function errorAnswer(text: string, id: string | number): JSONRPCMessage | undefined {
  try {
    const message = parseJSONRPCMessage(JSON.parse(text))
    return 'error' in message && message.id === id ? message : undefined
  } catch {
    // Not an answer of the protocol: the status alone counts.
    return undefined
  }
}
