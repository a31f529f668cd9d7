import type { ModelFailure } from '@fairlead/agent/model'

type Evidence = {
  status?: number
  /** Code of the connection's own error: `ECONNRESET`, `UND_ERR_BODY_TIMEOUT`. */
  code?: string
  /** Lower-case words of the provider; read to tell kinds apart, never shown. */
  words: string
}
type Reading = [matches: (evidence: Evidence) => boolean, kind: ModelFailure['kind'], sentence: string]

const status =
  (...statuses: number[]): Reading[0] =>
  (evidence) =>
    statuses.includes(evidence.status ?? 0)
const says =
  (pattern: RegExp): Reading[0] =>
  (evidence) =>
    pattern.test(evidence.words)

/** First match wins: what a status says counts before what a text says. */
const readings: readonly Reading[] = [
  [status(429), 'rate-limited', 'The model provider is limiting requests.'],
  [status(401), 'fatal', 'The model provider refused the request (401).'],
  [status(403), 'fatal', 'The model provider refused the request (403).'],
  [status(404), 'fatal', 'The model provider does not know this model or address.'],
  [
    says(/context.?length|context window|prompt is too long|maximum context|too many tokens/),
    'fatal',
    'The conversation is too long for this model.',
  ],
  [status(413), 'fatal', 'The request is too large for the model provider.'],
  [status(408, 502, 503, 504, 529), 'transient', 'The model provider is not available at the moment.'],
  [says(/rate.?limit|too many requests/), 'rate-limited', 'The model provider is limiting requests.'],
  [
    says(/overloaded|temporarily unavailable|try again|timed? ?out/),
    'transient',
    'The model provider is not available at the moment.',
  ],
  [({ status: code = 0 }) => code >= 500, 'fatal', 'The model provider failed to answer.'],
  [({ status: code = 0 }) => code >= 400, 'fatal', 'The model provider refused the request.'],
  [({ code }) => /TIMEOUT|TIMEDOUT/.test(code ?? ''), 'transient', 'The model provider did not answer in time.'],
  [({ code }) => code !== undefined, 'transient', 'The model provider cannot be reached.'],
  [says(/./), 'fatal', 'The model provider reported an error.'],
]

/** The answer began and then broke off: never to be taken as complete. */
export const cutAnswer: ModelFailure = {
  type: 'failed',
  kind: 'cut',
  sentence: 'The answer of the model broke off before it was complete.',
}

const endlessAnswer: ModelFailure = {
  type: 'failed',
  kind: 'fatal',
  sentence: 'The answer of the model is longer than the limit of 128 MiB.',
}

/** What a thrown error or an error inside a stream means. No text of the provider passes, nor an address or a key. */
export function faultOf(error: unknown, { begun }: { begun: boolean }): ModelFailure {
  const evidence = evidenceOf(error)
  if (evidence.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return endlessAnswer
  // Once bytes have come, a broken connection is a broken answer, and garbage is one too.
  if (begun && evidence.status === undefined && (evidence.code !== undefined || !isProviderWord(error)))
    return cutAnswer
  const reading = readings.find(([matches]) => matches(evidence))
  if (reading === undefined) return { type: 'failed', kind: 'fatal', sentence: 'The model call failed.' }
  const [, kind, sentence] = reading
  return { type: 'failed', kind, retryAfterSeconds: retryAfter(error), sentence }
}

/** What the log may know of a fault: never the request, which an error of the client carries whole. */
export function faultDetails(error: unknown): { status?: number; code?: string; said?: string } {
  const { status, code } = evidenceOf(error)
  const said = isRecord(error) && typeof error.message === 'string' ? error.message.slice(0, 300) : undefined
  return { status, code, said }
}

/** Walks to the innermost cause: clients wrap what the connection said. */
function evidenceOf(error: unknown): Evidence {
  const evidence: Evidence = { words: '' }
  for (let at: unknown = error, depth = 0; isRecord(at) && depth < 6; at = at.cause, depth++) {
    const { statusCode, code, message, type, responseBody } = at
    // A 200 whose body then broke says nothing about the provider's mind.
    if (evidence.status === undefined && typeof statusCode === 'number' && statusCode >= 400)
      evidence.status = statusCode
    if (typeof code === 'string' && /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|\w*_SIGNED_CERT\w*)$/.test(code))
      evidence.code = code
    for (const text of [message, type, code, responseBody]) {
      if (typeof text === 'string') evidence.words += ` ${text.toLowerCase()}`
    }
  }
  return evidence
}

/** An error chunk of the provider is plain data, or an error that names itself so; anything else is our reading that failed. */
function isProviderWord(error: unknown): boolean {
  return isRecord(error) && (!(error instanceof Error) || 'statusCode' in error || 'isRetryable' in error)
}

/** Seconds from `Retry-After` (seconds or a date) or its sibling in milliseconds. */
function retryAfter(error: unknown): number | undefined {
  if (!isRecord(error) || !isRecord(error.responseHeaders)) return undefined
  const { 'retry-after': plain, 'retry-after-ms': precise } = error.responseHeaders
  if (typeof precise === 'string' && precise.trim() !== '' && Number(precise) >= 0) return Number(precise) / 1000
  if (typeof plain !== 'string' || plain.trim() === '') return undefined
  const seconds = /^\d+(\.\d+)?$/.test(plain.trim()) ? Number(plain) : (Date.parse(plain) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
