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
import { Agent, fetch } from 'undici'

type Response = Awaited<ReturnType<typeof fetch>>
type Options = {
  url: string
  /** Sent as bearer. */
  token?: string
  /** Limit to the first byte and between bytes; a comment of the server counts. */
  silenceSeconds: number
}

/** The server closed its answer without the response that was due. */
export class AnswerCutError extends Error {
  override readonly name = 'AnswerCutError'
}

/**
 * Streamable HTTP, one POST a message. The SDK's own transport leaves a request waiting when its answer breaks off, and
 * may take a broken stream up again; here a request ends with its POST, whatever happens, and an abort ends the POST.
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
    this.#dispatcher = new Agent({ connectTimeout: 10_000, headersTimeout: silence, bodyTimeout: silence })
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
      const response = await fetch(this.#options.url, {
        method: 'POST',
        headers: this.#headers(message, options),
        body: JSON.stringify(message),
        signal,
        dispatcher: this.#dispatcher,
      })
      this.sessionId = response.headers.get('mcp-session-id') ?? this.sessionId
      await this.#receive(response, id)
    } finally {
      if (id !== undefined) this.#inFlight.delete(id)
    }
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
    }
    if (this.#options.token !== undefined) headers.authorization = `Bearer ${this.#options.token}`
    if (this.sessionId !== undefined) headers['mcp-session-id'] = this.sessionId
    if (this.#protocolVersion !== undefined) headers['mcp-protocol-version'] = this.#protocolVersion
    // From 2026-07-28 each request names its version itself, and the headers repeat what the body says.
    if ('method' in message && 'id' in message) {
      const claimed = message.params?._meta?.[PROTOCOL_VERSION_META_KEY]
      if (typeof claimed === 'string') {
        headers['mcp-protocol-version'] = claimed
        headers['mcp-method'] = message.method
        if (typeof message.params?.name === 'string') headers['mcp-name'] = message.params.name
      }
    }
    return headers
  }

  async #receive(response: Response, id: string | number | undefined): Promise<void> {
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok) return this.#receiveRefusal(response, id)
    if (id === undefined || response.status === 202) return void (await response.text())
    if (type.startsWith('application/json')) return this.#handOn(await response.json())
    if (!type.startsWith('text/event-stream')) {
      await response.body?.cancel()
      throw new AnswerCutError(`The answer is neither JSON nor an event stream: ${type}`)
    }
    await this.#follow(response, id)
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

  async #follow(response: Response, id: string | number): Promise<void> {
    let answered = false
    const parser = createParser({
      onEvent: ({ data }) => {
        const message = parseJSONRPCMessage(JSON.parse(data))
        if (!('method' in message) && message.id === id) answered = true
        this.onmessage?.(message)
      },
    })
    const decoder = new TextDecoder()
    for await (const bytes of response.body ?? []) {
      // Read to the end even behind the answer, which was handed on at once: so the connection can be used again.
      parser.feed(decoder.decode(bytes, { stream: true }))
    }
    if (!answered) throw new AnswerCutError('The stream ended before the answer')
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
