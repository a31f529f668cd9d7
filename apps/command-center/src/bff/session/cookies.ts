export type SessionCookies = { access: string | undefined; refresh: string | undefined }

/** What may stand in a header as it is. */
const tokenCharacters = /^[\w.~+/=-]{1,4096}$/

/** The tokens that the browser sent; anything that cannot be one counts as none. */
export function sessionCookies(header: string | undefined): SessionCookies {
  return { access: cookieNamed(header, 'auth_token'), refresh: cookieNamed(header, 'refresh_token') }
}

export function cookieNamed(header: string | undefined, name: string): string | undefined {
  const prefix = `${name}=`
  const pair = header
    ?.split(';')
    .map((item) => item.trim())
    .find((item) => item.startsWith(prefix))
  const value = pair?.slice(prefix.length).replace(/^"(.*)"$/, '$1')
  return value !== undefined && tokenCharacters.test(value) ? value : undefined
}

export type NewCookie = { name: string; value: string; maxAgeSeconds: number; isSecure: boolean; path?: string }

/** A cookie that no script reads. */
export function cookieLine({ name, value, maxAgeSeconds, isSecure, path = '/' }: NewCookie): string {
  const line = `${name}=${value}; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; Path=${path}; HttpOnly; SameSite=Lax`
  return isSecure ? `${line}; Secure` : line
}

export function clearedCookies(isSecure: boolean): string[] {
  return ['auth_token', 'refresh_token'].map((name) => cookieLine({ name, value: '', maxAgeSeconds: 0, isSecure }))
}
