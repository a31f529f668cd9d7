import { Client, ProtocolError } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { type CallAnswer, type CallFault, callResult, toCallAnswer } from './call-answer.ts'
import { callFaultOf } from './call-fault.ts'
import { HttpTransport } from './http-transport.ts'
import { type OnProgress, ProgressListeners } from './progress.ts'
import { publicAddress } from './public-address.ts'
import { type ListedTool, type PinnedTools, servedTool, toCatalogueTool } from './to-catalogue-tool.ts'

/** How old a tool list may be. */
const listTtlMs = 60_000
/** For what is no tool call: connecting, listing, asking whether the server is there. */
const shortTimeoutMs = 10_000
/** The SDK wants a limit of its own; silence is what ends a call, and the transport watches that. */
const noTimeoutMs = 2 ** 31 - 1
const maxPages = 64

const toolPage = z.looseObject({ tools: z.array(servedTool), nextCursor: z.string().optional() })

type Options = {
  url: string
  /** Sent as bearer. */
  token?: string
  /** Limit without a byte from the server, in a call. */
  timeoutSeconds: number
  pins: PinnedTools
  log: { warn(fields: object, message: string): void }
  /** Told, with each list that was fetched, of its tools that are not as somebody pinned them. Never waited for. */
  onUnpinned?(tools: readonly ListedTool[]): void
  /** How the server is called in the catalogue. */
  server?: string
  version?: string
}

type Call = {
  name: string
  args: Readonly<Record<string, unknown>>
  /** Keys of ours for a server that understands them; the progress token is added. */
  meta?: Readonly<Record<string, unknown>>
  callId: string
  signal: AbortSignal
  /** Milliseconds since the epoch: from then on the call does not leave, and is answered with the fault `late`. */
  until?: number
  onProgress?: OnProgress
}

export type ToolServer = {
  /** Every tool of the server, at most 60 s old. Rejects with `ToolServerUnavailable`. */
  list(signal: AbortSignal): Promise<readonly ListedTool[]>
  /** Never rejects for a fault of the server or the way to it, nor for an abort: these are answers too. */
  call(call: Call): Promise<CallAnswer>
  /** Whether the server answers now; undefined when it does. */
  ready(signal: AbortSignal): Promise<CallFault | undefined>
  close(): Promise<void>
}

/** The tool server did not list its tools. The message is fit for people. */
export class ToolServerUnavailable extends Error {
  override readonly name = 'ToolServerUnavailable'
  readonly fault: CallFault

  constructor(fault: CallFault, { cause, address }: { cause: unknown; address: string }) {
    super(`${fault.sentence.replace(/\.$/, '')} (${address}).`, { cause })
    this.fault = fault
  }
}

/**
 * The client of one tool server. It connects when it is first needed and keeps that connection: nothing is initialised
 * per call. After a fault of the protocol it connects anew, since the server may have been replaced by another version.
 */
export function connectTools(options: Options): ToolServer {
  const { pins, log, server = 'builtin', version = '0.1.0' } = options
  const url = options.url.replace(/\/+$/, '')
  const address = publicAddress(url)
  const progress = new ProgressListeners()
  let connecting: Promise<Client> | undefined
  let listed: { tools: Promise<readonly ListedTool[]>; at: number } | undefined

  async function connect(): Promise<Client> {
    const client = new Client({ name: 'fairlead-engine', version }, { versionNegotiation: { mode: 'auto' } })
    client.setNotificationHandler('notifications/progress', ({ params }) => progress.receive(params))
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      listed = undefined
    })
    const transport = new HttpTransport({ url, token: options.token, silenceSeconds: options.timeoutSeconds })
    await client.connect(transport, { timeout: shortTimeoutMs })
    return client
  }

  function connected(signal: AbortSignal): Promise<Client> {
    if (connecting === undefined) {
      const attempt = connect()
      connecting = attempt
      attempt.catch((error: unknown) => {
        tellAway(error)
        if (connecting === attempt) connecting = undefined
      })
    }
    return untilAborted(connecting, signal)
  }

  let away: string | undefined
  let isClosed = false

  /** One plain line for as long as it lasts: whoever runs the servers has no use for where an error was thrown. */
  function tellAway(error: unknown): void {
    // What ends here is let go of by us.
    if (isClosed) return
    const { sentence } = callFaultOf(error, new AbortController().signal)
    if (sentence === away) return
    away = sentence
    log.warn({ server: address }, `${sentence} It is asked again when it is needed.`)
  }

  /** Calls that still run on the connection end on their own: it is let go, not closed. */
  function letGo(): void {
    connecting = undefined
    listed = undefined
  }

  async function readPages(client: Client, signal: AbortSignal): Promise<ListedTool[]> {
    const tools: ListedTool[] = []
    let cursor: string | undefined
    for (let page = 0; page < maxPages; page++) {
      const params = cursor === undefined ? {} : { cursor }
      const answer = await client.request({ method: 'tools/list', params }, toolPage, { signal })
      tools.push(...answer.tools.map((tool) => toCatalogueTool(tool, { server, pins })))
      cursor = answer.nextCursor
      if (cursor === undefined) break
    }
    away = undefined
    return tools
  }

  async function fetchTools(): Promise<readonly ListedTool[]> {
    const signal = AbortSignal.timeout(shortTimeoutMs)
    const client = await connected(signal)
    const tools = await readPages(client, signal).catch((error: unknown) => {
      tellAway(error)
      throw error
    })
    options.onUnpinned?.(tools.filter(({ pinned }) => !pinned))
    return tools
  }

  return {
    async list(signal) {
      if (listed === undefined || Date.now() - listed.at >= listTtlMs) {
        const fresh = { tools: fetchTools(), at: Date.now() }
        listed = fresh
        fresh.tools.catch(() => {
          if (listed === fresh) listed = undefined
        })
      }
      try {
        return await untilAborted(listed.tools, signal)
      } catch (error) {
        throw new ToolServerUnavailable(callFaultOf(error, signal), { cause: error, address })
      }
    },

    async call({ name, args, meta, callId, signal, until = Number.POSITIVE_INFINITY, onProgress }) {
      let client: Client
      try {
        client = await connected(signal)
      } catch (error) {
        return { ...callFaultOf(error, signal), sent: false }
      }
      // The last thing before it leaves: the process may have stood still meanwhile.
      if (Date.now() >= until) return late
      const params = { name, arguments: { ...args }, _meta: { ...meta, progressToken: callId } }
      const stopListening = onProgress && progress.listen(callId, onProgress)
      try {
        const request = { method: 'tools/call', params }
        const answer = toCallAnswer(await client.request(request, callResult, { signal, timeout: noTimeoutMs }))
        if (answer.kind === 'answered' && answer.isError && /unknown tool/i.test(answer.text)) listed = undefined
        return answer
      } catch (error) {
        const fault = callFaultOf(error, signal)
        if (fault.kind === 'protocol') letGo()
        return fault
      } finally {
        stopListening?.()
      }
    },

    async ready(signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(shortTimeoutMs)])
      try {
        const client = await connected(limited)
        if (client.getProtocolEra() === 'modern') await client.discover({ signal: limited })
        else await client.ping({ signal: limited })
        return undefined
      } catch (error) {
        // An error answer is an answer: some servers know no ping.
        return error instanceof ProtocolError ? undefined : callFaultOf(error, signal)
      }
    },

    async close() {
      isClosed = true
      const client = await connecting?.catch(() => undefined)
      connecting = undefined
      await client?.close()
    },
  }
}

const late: CallFault = { kind: 'late', sent: false, sentence: 'The call came too late to be sent.' }

/** The promise goes on for others when this caller gives up. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
