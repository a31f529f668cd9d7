export type Cookie = { name: 'auth_token' | 'refresh_token'; value: string; maxAgeSeconds: number }

/** An answer with more than a body: another status, headers, cookies. */
export class Answered<Body> {
  readonly body: Body
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly Cookie[]

  constructor(
    body: Body,
    options: { status?: number; headers?: Record<string, string>; cookies?: readonly Cookie[] } = {},
  ) {
    this.body = body
    this.status = options.status
    this.headers = options.headers ?? {}
    this.cookies = options.cookies ?? []
  }
}

export const clearedCookies: readonly Cookie[] = [
  { name: 'auth_token', value: '', maxAgeSeconds: 0 },
  { name: 'refresh_token', value: '', maxAgeSeconds: 0 },
]
