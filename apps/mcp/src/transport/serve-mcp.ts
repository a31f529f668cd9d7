import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AuthInfo, McpHttpHandler } from '@modelcontextprotocol/server'
import type { ReadServer } from './serve-read.ts'

export type McpServing = {
  /** Asked first; what it leaves is for the handler. */
  readServer: ReadServer
  handler: McpHttpHandler
}

export type ServeOptions = { authInfo: AuthInfo; mostBodyBytes: number }

/**
 * Answers one request of Node: a read by itself, anything else through the protocol library's handler. The library has
 * such an adapter of its own, which reads and decodes the body twice and writes a short answer as a stream.
 */
export async function serveMcp(
  { readServer, handler }: McpServing,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  { authInfo, mostBodyBytes }: ServeOptions,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  const text = await readBody(request, mostBodyBytes)
  if (text === undefined) return tooLarge(response, mostBodyBytes)
  const parsedBody = parsed(text)
  const read = readServer({ request, response, body: parsedBody, authInfo, signal: gone.signal })
  if (read !== undefined) return read
  // What is no JSON goes in as it came: what to say about it is the protocol's business.
  const body = parsedBody === undefined ? { body: text } : {}
  const web = new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method,
    headers: headersOf(request),
    signal: gone.signal,
    ...body,
  })
  await send(await handler.fetch(web, { authInfo, parsedBody }), response)
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(answer.headers)
  if (answer.body === null || !headers['content-type']?.startsWith('text/event-stream')) {
    const whole = Buffer.from(await answer.arrayBuffer())
    response.writeHead(answer.status, { ...headers, 'content-length': whole.length }).end(whole)
    return
  }
  response.writeHead(answer.status, headers)
  await pipeline(Readable.fromWeb(answer.body), response).catch((fault) => {
    // Who has gone away has been told of by the signal; the stream ends early, and that is all.
    if (!response.destroyed) throw fault
  })
}

/** Undefined when it is longer than that, however long it says it is. */
async function readBody(request: IncomingMessage, most: number): Promise<string | undefined> {
  if (Number(request.headers['content-length']) > most) return undefined
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > most) resolve(undefined)
    else chunks.push(chunk)
  })
  request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  request.once('error', reject)
  return promise
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function headersOf({ headers }: IncomingMessage): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each): [string, string] => [name, each]),
  )
}

function tooLarge(response: ServerResponse, most: number): void {
  const error = { code: -32_000, message: `Payload Too Large: Request body must not exceed ${most} bytes` }
  response
    .writeHead(413, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify({ jsonrpc: '2.0', error, id: null }))
}
