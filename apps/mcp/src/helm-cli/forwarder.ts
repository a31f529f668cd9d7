import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Caller } from '../kube/caller.ts'
import type { Cluster, ClusterRequest } from '../kube/cluster.ts'
import { ToolError } from '../tool/tool-error.ts'
import { type ForwardedRequest, type ForwardRule, isCreationOfRecord, isWrite, type Verdict } from './forward-rules.ts'

export type Forwarder = AsyncDisposable & {
  /** What helm is told to be the API server; nobody can guess its path. */
  readonly url: string
  /** The first request that was not passed on; helm may go on after one. */
  readonly refusal: string | undefined
  /** Why the permit no longer held when helm was to begin: nothing was sent. */
  readonly permitError: ToolError | undefined
  /** What came of the requests that were sent to change something, in their order; `undefined`: no answer came. */
  readonly writes: readonly ForwardedWrite[]
}

export type ForwardedWrite = {
  method: string
  path: string
  status: number | undefined
  /** It makes a revision. */
  isRecord: boolean
}

const MAX_BODY_BYTES = 8 * 1024 * 1024
const methods = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])
/** What an answer of the API server is told by; the connection's own headers are not passed on. */
const passedHeaders = ['content-type', 'warning', 'audit-id', 'retry-after', 'cache-control']

/**
 * Stands between helm and the API server for one run: helm gets no credentials, and what it may ask for is decided here.
 * Listens on loopback, behind a path that cannot be guessed.
 */
export async function startForwarder({
  cluster,
  caller,
  userAgent,
  rule,
  guard,
  requireTime,
}: {
  cluster: Pick<Cluster, 'send'>
  caller: Caller
  userAgent: string
  /** Decides what is passed on. */
  rule: ForwardRule
  /** Throws ToolError for a namespace that is closed to this server; gives the field selector that keeps one out of a list. */
  guard: (path: string, fieldSelector: string) => Promise<string | undefined>
  /** Throws once the time of the permit is over; asked before a revision is made, with which helm begins. */
  requireTime?: () => void
}): Promise<Forwarder> {
  const secret = `/${randomBytes(24).toString('hex')}`
  let refusal: string | undefined
  let permitError: ToolError | undefined
  const writes: ForwardedWrite[] = []
  // Of this run, not of its call: a helm that is told to end closes its record first.
  const ending = new AbortController()
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? ''
    if (!path.startsWith(`${secret}/`)) return answer(response, 404, 'not here')
    const body = await bodyOf(request)
    const forwarded: ForwardedRequest = { method: request.method ?? '', path: path.slice(secret.length), body }
    const guarded = await guardedPath(forwarded.path, guard)
    const verdict: Verdict =
      'refused' in guarded
        ? guarded
        : methods.has(forwarded.method)
          ? await rule.judge(forwarded, () => isThere(forwarded.path))
          : { refused: `${forwarded.method} is not passed on` }
    if (verdict === 'missing') return answer(response, 404, 'there is no such object')
    if (typeof verdict === 'object' && 'refused' in verdict) {
      refusal ??= verdict.refused
      return answer(response, 403, verdict.refused)
    }
    const write = isWrite(forwarded) ? writeOf(forwarded) : undefined
    // The first one, and what all that follows hangs on.
    const isBegin = write !== undefined && (write.isRecord || writes.length === 0)
    if (write !== undefined) writes.push(write)
    const { method, ...rest } = forwarded
    const sentBody = verdict === 'passed' ? body : deletionOf(verdict.ofUid, body)
    const sent = await cluster.send({
      ...rest,
      ...('path' in guarded && { path: guarded.path }),
      method: method as ClusterRequest['method'],
      body: sentBody.length === 0 ? undefined : sentBody,
      caller,
      userAgent,
      accept: request.headers.accept,
      contentType: verdict === 'passed' ? request.headers['content-type'] : 'application/json',
      signal: ending.signal,
      timeoutMs: 0,
      ...(write !== undefined && isBegin && requireTime !== undefined && { requireTime: () => requireFor(write) }),
    })
    if (write !== undefined) write.status = sent.statusCode
    const created = write !== undefined && sent.statusCode === 201 ? Buffer.from(await sent.body.bytes()) : undefined
    if (created !== undefined) rule.created?.(forwarded, created)
    const headers = Object.fromEntries(
      passedHeaders.flatMap((name) => (sent.headers[name] === undefined ? [] : [[name, sent.headers[name]]])),
    )
    response.writeHead(sent.statusCode, headers)
    // A watch in which nothing happens yet has begun all the same.
    response.flushHeaders()
    await pipeline(created === undefined ? sent.body : [created], response)
  }
  const isThere = async (path: string): Promise<boolean> => {
    const [pathname = ''] = path.split('?')
    const sent = await cluster.send({ method: 'GET', path: pathname, caller, userAgent, signal: ending.signal })
    await sent.body.dump()
    return sent.statusCode !== 404
  }
  const requireFor = (write: ForwardedWrite): void => {
    try {
      requireTime?.()
    } catch (error) {
      if (error instanceof ToolError) permitError ??= error
      writes.splice(writes.indexOf(write), 1)
      throw error
    }
  }
  const server = createServer((request, response) => {
    forward(request, response).catch((fault: unknown) => {
      if (!response.headersSent) answer(response, 502, fault instanceof Error ? fault.message : String(fault))
      else response.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${secret}`,
    get refusal() {
      return refusal
    },
    get permitError() {
      return permitError
    },
    writes,
    async [Symbol.asyncDispose]() {
      ending.abort()
      server.close()
      server.closeAllConnections()
      await Promise.resolve()
    },
  }
}

async function guardedPath(
  path: string,
  guard: (path: string, fieldSelector: string) => Promise<string | undefined>,
): Promise<{ path: string } | { refused: string }> {
  const { pathname, searchParams } = new URL(path, 'http://forwarder')
  const requested = searchParams.get('fieldSelector') ?? ''
  try {
    const selector = await guard(pathname, requested)
    if (selector === undefined) return { path }
    searchParams.set('fieldSelector', [requested, selector].filter((each) => each !== '').join(','))
    return { path: `${pathname}?${searchParams}` }
  } catch (error) {
    if (error instanceof ToolError) return { refused: error.message }
    throw error
  }
}

/** The same deletion, which the API server makes only while the object is that one. Throws SyntaxError for what is no JSON. */
function deletionOf(uid: string, body: Buffer): Buffer {
  const options = body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as object)
  return Buffer.from(JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...options, preconditions: { uid } }))
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY_BYTES) throw new RangeError(`a request of helm has more than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function writeOf(request: ForwardedRequest): ForwardedWrite {
  return { method: request.method, path: request.path, status: undefined, isRecord: isCreationOfRecord(request) }
}

/** As the API server says no, so that helm can read it. */
function answer(response: ServerResponse, code: number, message: string): void {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: reasons[code],
    code,
  }
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(status))
}

const reasons: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'NotFound', 502: 'ServiceUnavailable' }
