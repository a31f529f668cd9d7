import { errorText } from './error-text.ts'

/** An answer that is no success. `status` 0: there was no answer at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** The machine's word for it: the proxy's `code`, or that of an engine's `{code, reason}`. */
  readonly code: string | undefined
  /** The whole body, where it is JSON: a 409 brings `current` or `run_id`. */
  readonly body: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined
  /** Seconds, of a 429. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: unknown, headers?: Headers, cause?: unknown) {
    super(errorText(body) ?? (status === 0 ? 'The engine cannot be reached' : `The engine answered ${status}`), {
      cause,
    })
    this.status = status
    this.body = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
    const { code, detail } = this.body as { code?: unknown; detail?: { code?: unknown } | null }
    this.code = [code, detail?.code].find((it) => typeof it === 'string') as string | undefined
    this.requestId = headers?.get('x-request-id') ?? undefined
    const after = Number(headers?.get('retry-after') ?? Number.NaN)
    this.retryAfter = Number.isFinite(after) ? after : undefined
  }
}
