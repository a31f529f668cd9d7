import type { ToolErrorCode } from '@fairlead/contract/tool/tool-meta'
import { beginningOf } from '../../output/drop-cut-word.ts'
import { ToolError, type ToolErrorOptions } from '../../tool/tool-error.ts'
import { withoutEchoes } from './without-echoes.ts'

/** The API server's `Status`, as far as it is read. */
export type Status = {
  kind?: string
  message?: string
  reason?: string
  code?: number
  details?: {
    name?: string
    group?: string
    kind?: string
    causes?: { reason?: string; message?: string; field?: string }[]
    retryAfterSeconds?: number
  }
}

/** The API server answered, and said no. `status` is the HTTP status, `causes` its own list of what is wrong. */
export class ApiError extends ToolError {
  override readonly name = 'ApiError'
  readonly status: number
  readonly reason: string
  readonly causes: NonNullable<NonNullable<Status['details']>['causes']>

  constructor(code: ToolErrorCode, message: string, of: { status: number; body: Status } & ToolErrorOptions) {
    super(code, message, of)
    this.status = of.status
    this.reason = of.body.reason ?? ''
    this.causes = of.body.details?.causes ?? []
  }
}

/** Faults of the server that come before the writing: admission, and what its store does not even take. */
const beforeWriting = /failed calling webhook|request is too large/

/**
 * Whether a write may have been done although the server says that it failed: whoever answers with a status of 500 or
 * more, be it something in between, seldom knows.
 */
export function mayBeDone({ status, message }: ApiError): boolean {
  return status >= 500 && !beforeWriting.test(message)
}

/** Whether a write was refused because the object is no longer at the version, or no longer the one, that was read. */
export function isPreconditionFailure(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false
  if (error.status === 409) return error.causes.every(({ reason }) => reason !== 'FieldManagerConflict')
  return error.status === 422 && error.causes.some(({ field }) => field === 'metadata.uid')
}

const codes: Record<string, ToolErrorCode> = {
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Forbidden: 'Forbidden',
  Unauthorized: 'Unauthorized',
  Invalid: 'Invalid',
  TooManyRequests: 'TooManyRequests',
  Timeout: 'Timeout',
  ServerTimeout: 'Timeout',
  ServiceUnavailable: 'Unavailable',
}

const codesByStatus: Record<number, ToolErrorCode> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  504: 'Timeout',
}

/** Of an answer that gives no reason that is known. */
function codeOfStatus(status: number, { kind, message }: Status): ToolErrorCode {
  // Who has never heard of a path cannot say that an object is not there, but for the API server's own words.
  if (status === 404 && kind === undefined && message?.trim() !== '404 page not found') return 'Unavailable'
  return codesByStatus[status] ?? (status >= 500 || status < 400 ? 'Unavailable' : 'Invalid')
}

/** Webhooks and servers behind the API server say what they like. */
const LONGEST_SAID = 4_000
/** Each is searched for in the message, and a manifest can be wrong in thousands of places. */
const MAX_CAUSES = 50

const advice: Partial<Record<ToolErrorCode, string>> = {
  Forbidden: 'The account that this server acts as lacks that right.',
  Unauthorized: 'The API server does not accept the login of this server.',
  TooManyRequests: 'Try again later.',
  Unavailable: 'Try again later.',
  Timeout: 'Try again later.',
}

/** An answer that is no success as a sentence. `about` names what was asked for, where the server's own message does not. */
export function apiErrorOf(status: number, text: string, about: string): ApiError {
  const body = unechoed(statusBody(text))
  const code = codes[body.reason ?? ''] ?? codeOfStatus(status, body)
  const all = body.details?.causes ?? []
  const causes = all.slice(0, MAX_CAUSES).map(({ field, message }) => (field ? `${field}: ${message}` : message))
  const others = all.length > MAX_CAUSES ? `; and ${all.length - MAX_CAUSES} more` : ''
  const said = body.message?.trim() || `the API server answered ${status} to ${about}`
  const listed = causes.every((cause) => said.includes(cause ?? '')) ? undefined : causes.join('; ')
  return new ApiError(
    code,
    sentences([
      beginningOf(said, LONGEST_SAID),
      listed && `${beginningOf(listed, LONGEST_SAID)}${others}`,
      advice[code],
    ]),
    { status, body },
  )
}

function unechoed({ message, details, ...status }: Status): Status {
  const causes = details?.causes?.map((cause) => ({
    ...cause,
    ...(cause.message !== undefined && { message: withoutEchoes(cause.message) }),
  }))
  return {
    ...status,
    ...(message !== undefined && { message: withoutEchoes(message) }),
    ...(details !== undefined && { details: { ...details, ...(causes && { causes }) } }),
  }
}

function sentences(parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => (/[.!?]$/.test(part ?? '') ? part : `${part}.`))
    .join(' ')
}

function statusBody(text: string): Status {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status') return body as Status
  } catch {
    // A proxy or an extension server in between answers in its own words; they are shown as they are.
  }
  // But for a page, whose words are not told from its marks.
  return { message: /^\s*</.test(text) ? '' : beginningOf(text, 500) }
}
