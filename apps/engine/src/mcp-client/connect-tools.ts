import { type Client, ProtocolError } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { type CallAnswer, type CallFault, callResult, toCallAnswer } from './call-answer.ts'
import { callFaultOf } from './call-fault.ts'
import { type Connection, createConnection } from './connection.ts'
import { type OnProgress, ProgressListeners } from './progress.ts'
import { publicAddress } from './public-address.ts'
import { NO_TIMEOUT_MS, SHORT_TIMEOUT_MS } from './timeouts.ts'
import { type ListedTool, type PinnedTools, servedTool, toCatalogueTool } from './to-catalogue-tool.ts'
import { untilAborted } from './until-aborted.ts'

/** How old a tool list may be. */
const LIST_TTL_MS = 60_000
const MAX_PAGES = 64

const toolPage = z.looseObject({ tools: z.array(servedTool), nextCursor: z.string().optional() })

type Options = {
  url: string
  /** Sent as bearer. */
  token?: string
  /** Limit without a byte from the server, in a call. */
  timeoutSeconds: number
  pins: PinnedTools
  log: { warn(fields: object, message: string): void }
  /** Gets, with each list that was fetched, its tools that differ from their pins. Nobody waits for it. */
  onUnpinned?(tools: readonly ListedTool[]): void
  /** The server's name in the catalogue. */
  server?: string
  version?: string
}

export type CallArguments = Readonly<Record<string, unknown>>

export type ToolRequest = {
  name: string
  args: CallArguments
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
  /** The arguments of a call as they reach the server: a grant is for these. */
  sentArguments(name: string, args: CallArguments): Promise<CallArguments>
  /** Never rejects for a fault of the server or the way to it, nor for an abort: these are answers too. */
  call(call: ToolRequest): Promise<CallAnswer>
  /** Of the server that a tool of this name is called at, as people may see it. */
  addressOf(name: string): Promise<string>
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
 * per call. After a fault of the protocol it connects again, since the server may have been replaced by another version.
 */
export function connectTools(options: Options): ToolServer {
  const { pins, log, server = 'builtin', version = '0.1.0', token, timeoutSeconds } = options
  const url = options.url.replace(/\/+$/, '')
  const address = publicAddress(url)
  const progress = new ProgressListeners()
  const connection = createConnection({
    ...{ url, token, version, silenceSeconds: timeoutSeconds, progress, address, log },
    onToolsChanged: () => tools.forget(),
  })

  const tools = cachedList(async () => {
    const signal = AbortSignal.timeout(SHORT_TIMEOUT_MS)
    const client = await connection.client(signal)
    const listed = await readPages(client, { server, pins, signal }).catch((error: unknown) => {
      connection.warnOnce(error)
      throw error
    })
    connection.answered()
    options.onUnpinned?.(listed.filter(({ pinned }) => !pinned))
    return listed
  })

  return {
    async list(signal) {
      try {
        return await untilAborted(tools.read(), signal)
      } catch (error) {
        throw new ToolServerUnavailable(callFaultOf(error, signal), { cause: error, address })
      }
    },

    sentArguments: async (_name, args) => args,
    addressOf: async () => address,

    call: (call) => callTool(call, { connection, tools, progress }),

    async ready(signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(SHORT_TIMEOUT_MS)])
      try {
        const client = await connection.client(limited)
        if (client.getProtocolEra() === 'modern') await client.discover({ signal: limited })
        else await client.ping({ signal: limited })
        return undefined
      } catch (error) {
        // An error answer is an answer: some servers know no ping.
        return error instanceof ProtocolError ? undefined : callFaultOf(error, signal)
      }
    },

    close: connection.close,
  }
}

type Ports = { connection: Connection; tools: ReturnType<typeof cachedList>; progress: ProgressListeners }

/** One tool call. Never rejects. */
async function callTool(
  { name, args, meta, callId, signal, until = Number.POSITIVE_INFINITY, onProgress }: ToolRequest,
  { connection, tools, progress }: Ports,
): Promise<CallAnswer> {
  let client: Client
  try {
    client = await connection.client(signal)
  } catch (error) {
    return { ...callFaultOf(error, signal), sent: false }
  }
  // The last check before the call leaves: the process may have hung meanwhile.
  if (Date.now() >= until) return late
  const params = { name, arguments: { ...args }, _meta: { ...meta, progressToken: callId } }
  const stopListening = onProgress && progress.listen(callId, onProgress)
  try {
    const request = { method: 'tools/call', params }
    const answer = toCallAnswer(await client.request(request, callResult, { signal, timeout: NO_TIMEOUT_MS }))
    if (answer.kind === 'answered' && answer.isError && /unknown tool/i.test(answer.text)) tools.forget()
    return answer
  } catch (error) {
    const fault = callFaultOf(error, signal)
    if (fault.kind === 'protocol') {
      connection.drop()
      tools.forget()
    }
    return fault
  } finally {
    stopListening?.()
  }
}

const late: CallFault = { kind: 'late', sent: false, sentence: 'The call came too late to be sent.' }

/** The list of tools, fetched once per minute however many read it. A list that could not be fetched is not kept. */
function cachedList(fetchTools: () => Promise<readonly ListedTool[]>) {
  let listed: { tools: Promise<readonly ListedTool[]>; at: number } | undefined
  return {
    read: () => {
      if (listed !== undefined && Date.now() - listed.at < LIST_TTL_MS) return listed.tools
      const fresh = { tools: fetchTools(), at: Date.now() }
      listed = fresh
      fresh.tools.catch(() => {
        if (listed === fresh) listed = undefined
      })
      return fresh.tools
    },
    forget: () => {
      listed = undefined
    },
  }
}

async function readPages(
  client: Client,
  { signal, ...catalogue }: { server: string; pins: PinnedTools; signal: AbortSignal },
): Promise<ListedTool[]> {
  const tools: ListedTool[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor }
    const answer = await client.request({ method: 'tools/list', params }, toolPage, { signal })
    tools.push(...answer.tools.map((tool) => toCatalogueTool(tool, catalogue)))
    cursor = answer.nextCursor
    if (cursor === undefined) break
  }
  return tools
}
