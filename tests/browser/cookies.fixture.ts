import type { Account } from './account.fixture.ts'

/** What the page's server knows a browser by. */
export type Cookies = { auth_token?: string; refresh_token?: string }

/** What a script of the page sends with each request that changes something. */
export const ownHeaders = (url: string) => ({
  origin: new URL(url).origin,
  'sec-fetch-site': 'same-origin',
  'x-fairlead-csrf': '1',
})

export const cookieHeader = (cookies: Cookies): { cookie: string } => ({
  cookie: Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; '),
})

/** The cookies that an answer sets; one that it clears is the empty string. */
export function cookiesSet(answer: Response): Cookies {
  const pairs = answer.headers.getSetCookie().map((line) => line.split(';')[0]?.split('=') ?? [])
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]))
}

/** Signs in at the page's server as its script does. */
export async function signInAt(
  url: string,
  { email, password }: Pick<Account, 'email' | 'password'>,
): Promise<Cookies> {
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { ...ownHeaders(url), 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status} ${await answer.text()}`)
  return cookiesSet(answer)
}
