/** An answer of this server's own that is no success: in the engine's shape, with a word for programs. */
export class BffRefusal extends Error {
  override readonly name = 'BffRefusal'
  readonly status: number
  readonly code: string
  readonly detail: unknown
  readonly headers: readonly [string, string][]
  readonly reason: string | undefined

  constructor(
    status: number,
    code: string,
    detail: unknown,
    headers: readonly [string, string][] = [],
    reason?: string,
  ) {
    super(code)
    this.status = status
    this.code = code
    this.detail = detail
    this.headers = headers
    this.reason = reason
  }

  /** The same, with cookies on it. */
  withCookies(cookies: readonly string[]): BffRefusal {
    return new BffRefusal(this.status, this.code, this.detail, [...this.headers, ...setCookies(cookies)], this.reason)
  }

  body(requestId: string): string {
    return JSON.stringify({ detail: this.detail, reason: this.reason, code: this.code, request_id: requestId })
  }

  response(requestId: string): Response {
    const headers = new Headers([
      ['content-type', 'application/json; charset=utf-8'],
      ['cache-control', 'no-store'],
      ['x-request-id', requestId],
      ...this.headers,
    ])
    return new Response(this.body(requestId), { status: this.status, headers })
  }
}

export const setCookies = (cookies: readonly string[]) =>
  cookies.map((cookie): [string, string] => ['set-cookie', cookie])

export const sessionExpired = (cookies: readonly string[] = []) =>
  new BffRefusal(401, 'session_expired', 'The session has ended. Sign in again.', setCookies(cookies))
