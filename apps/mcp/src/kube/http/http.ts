import { setTimeout as sleep } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { isRecord } from '../../effect/is-record.ts'
import { AnswerLost } from '../../target/answer-lost.ts'
import { interrupted } from '../../tool/interrupted.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Cluster, ClusterRequest } from '../cluster.ts'
import { apiErrorOf } from './api-error.ts'
import { type TextAnswer, TooLong, textOf } from './text-answer.ts'

export type GetRequest = Omit<ClusterRequest, 'method' | 'body' | 'contentType'>

/** Faults of the connection at which the request cannot have been handled: nothing left this machine. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** An answer that is no JSON object, or none of the API: something else than the API server has answered. */
class NotJson extends Error {
  override readonly name = 'NotJson'

  constructor(headers: Dispatcher.ResponseData['headers']) {
    const [type = ''] = String(headers['content-type'] ?? '').split(';')
    super(`with ${type === '' || type.endsWith('json') ? 'something' : type} that is no object of the API`)
  }
}

/** The object in an answer to a path; below `/api` all of them say their kind. Throws NotJson. */
export function jsonOf({ headers, body }: Pick<TextAnswer, 'headers' | 'body'>, path: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new NotJson(headers)
  }
  if (!isRecord(value) || (path.startsWith('/api') && typeof value.kind !== 'string')) throw new NotJson(headers)
  return value
}

/** A GET is tried twice: on 429, 503 and faults of the connection, with a pause that `Retry-After` may set. */
export function getWithRetry(cluster: Cluster, request: GetRequest): Promise<Dispatcher.ResponseData> {
  return twice(cluster, request, async (): Promise<Sent<Dispatcher.ResponseData>> => {
    const answer = await cluster.send({ ...request, method: 'GET' })
    return isGood(answer) ? { answer } : { refusal: { ...answer, body: await textOf(answer.body) } }
  })
}

/** The same, with the whole body as text. */
export function getText(cluster: Cluster, request: GetRequest): Promise<TextAnswer> {
  return twice(cluster, request, async (): Promise<Sent<TextAnswer>> => {
    const { statusCode, headers, body } = await cluster.send({ ...request, method: 'GET' })
    const answer = { statusCode, headers, body: await textOf(body) }
    return isGood(answer) ? { answer } : { refusal: answer }
  })
}

/** The API server redirects nobody: where somebody does, it is not the one that answers. */
function isGood({ statusCode }: { statusCode: number }): boolean {
  return statusCode < 300
}

type Sent<T> = { answer: T } | { refusal: TextAnswer }

async function twice<T>(cluster: Cluster, request: GetRequest, send: () => Promise<Sent<T>>): Promise<T> {
  const first = await attempt(cluster, request, send)
  if (!('pauseMs' in first)) return first.answer
  await sleep(first.pauseMs, undefined, { signal: request.signal }).catch(() => {
    throw interrupted(request.signal)
  })
  const second = await attempt(cluster, request, send)
  if ('answer' in second) return second.answer
  throw second.error
}

type Attempt<T> = { answer: T } | { pauseMs: number; error: ToolError }

async function attempt<T>(cluster: Cluster, request: GetRequest, send: () => Promise<Sent<T>>): Promise<Attempt<T>> {
  try {
    const sent = await send()
    if ('answer' in sent) return sent
    const { statusCode, headers, body } = sent.refusal
    const error = apiErrorOf(statusCode, body, `GET ${request.path}`)
    if (statusCode !== 429 && statusCode !== 503) throw error
    return { pauseMs: pauseOf(headers['retry-after']), error }
  } catch (fault) {
    if (fault instanceof ToolError) throw fault
    const error = faultOf(fault, cluster, request.signal)
    if (error.code !== 'Unavailable') throw error
    return { pauseMs: 200, error }
  }
}

/** 200 ms to 2 s. */
function pauseOf(retryAfter: string | string[] | undefined): number {
  const seconds = Number(retryAfter)
  return Number.isFinite(seconds) ? Math.min(2_000, Math.max(200, seconds * 1_000)) : 200
}

/** Sends a write once. Throws ApiError when the server said no, AnswerLost when it may have been done all the same. */
export async function sendOnce(
  cluster: Cluster,
  request: Omit<ClusterRequest, 'method'> & { method: 'POST' | 'PATCH' | 'PUT' | 'DELETE' },
): Promise<{ body: unknown; headers: Dispatcher.ResponseData['headers'] }> {
  try {
    const { statusCode, headers, body } = await cluster.send(request)
    const text = await textOf(body)
    if (statusCode >= 400) throw apiErrorOf(statusCode, text, `${request.method} ${request.path}`)
    return { body: jsonOf({ headers, body: text }, request.path), headers }
  } catch (fault) {
    throw writeFaultOf(fault, cluster, request.signal)
  }
}

/** A fault on the way of a write: a ToolError says that nothing was done, AnswerLost that nobody knows. */
export function writeFaultOf(
  fault: unknown,
  cluster: Pick<Cluster, 'server'>,
  signal: AbortSignal | undefined,
): ToolError | AnswerLost {
  if (fault instanceof ToolError) return fault
  if (isNeverSent(fault)) return faultOf(fault, cluster, signal)
  if (fault instanceof NotJson) return new AnswerLost(`the API server answered ${fault.message}`, { cause: fault })
  const reason = signal?.aborted ? interrupted(signal).message : messageOf(fault)
  return new AnswerLost(`the answer of the API server was lost (${reason})`, { cause: fault })
}

/** A fault of the connection as a sentence. */
export function faultOf(fault: unknown, cluster: Pick<Cluster, 'server'>, signal: AbortSignal | undefined): ToolError {
  if (signal?.aborted) return interrupted(signal)
  if (fault instanceof NotJson) {
    const message = `the API server at ${cluster.server} answered ${fault.message}; something else may stand in between.`
    return new ToolError('Unavailable', message, { cause: fault })
  }
  if (fault instanceof TooLong) {
    const message = `the API server at ${cluster.server} has more than 64 MiB to answer. Narrow it with a namespace, a name, a selector or limit.`
    return new ToolError('Refused', message, { cause: fault })
  }
  const timedOut = fault instanceof Error && /^UND_ERR_(HEADERS|BODY)_TIMEOUT$/.test(codeOf(fault) ?? '')
  if (timedOut)
    return new ToolError('Timeout', `the API server at ${cluster.server} did not answer in time.`, { cause: fault })
  return new ToolError('Unavailable', `the API server at ${cluster.server} cannot be reached (${messageOf(fault)}).`, {
    cause: fault,
  })
}

/** Texts of `Warning: 299 - "…"` headers (RFC 9111), quoted parts unquoted. */
export function warningsOf(headers: Dispatcher.ResponseData['headers']): readonly string[] {
  const { warning } = headers
  if (warning === undefined) return []
  return [warning]
    .flat()
    .flatMap((line) =>
      [...line.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/g, '$1')),
    )
}

function isNeverSent(fault: unknown): boolean {
  const code = codeOf(fault)
  return (code !== undefined && neverSent.has(code)) || isTlsFault(code)
}

/** The handshake failed, so no request was written yet. */
function isTlsFault(code: string | undefined): boolean {
  return code !== undefined && /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
}

function codeOf(fault: unknown): string | undefined {
  if (!(fault instanceof Error)) return undefined
  if ('code' in fault && typeof fault.code === 'string') return fault.code
  return codeOf(fault.cause)
}

function messageOf(fault: unknown): string {
  return codeOf(fault) ?? (fault instanceof Error ? fault.message : String(fault))
}
