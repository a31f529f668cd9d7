import { expect, it } from 'vitest'
import { createSessionRoutes } from './session-routes.ts'

it('posts JSON to the routes of the page, and tells a refusal from no answer', async () => {
  const sent: [string, RequestInit | undefined][] = []
  const answers: (Response | Error)[] = [
    Response.json({ user: { id: 'U' } }),
    Response.json({ detail: 'LOGIN_BAD_CREDENTIALS' }, { status: 400 }),
    new TypeError('no network'),
    Response.json({ success: true }),
  ]
  const routes = createSessionRoutes((async (url: string, init?: RequestInit) => {
    sent.push([url, init])
    const answer = answers.shift()
    if (!(answer instanceof Response)) throw answer
    return answer
  }) as typeof fetch)
  const credentials = { email: 'ada@example.com', password: 'correct horse' }
  const account = { full_name: 'Ada', ...credentials }
  expect(await routes.login(account)).toEqual({ user: { id: 'U' } })
  expect(sent[0]).toMatchObject(['/api/auth/login', { method: 'POST', body: JSON.stringify(credentials) }])
  await expect(routes.login(credentials)).rejects.toMatchObject({ status: 400, message: 'LOGIN_BAD_CREDENTIALS' })
  await expect(routes.refresh(new AbortController().signal)).rejects.toMatchObject({ status: 0 })
  await routes.logout()
  expect(sent[3]).toMatchObject(['/api/auth/logout', { body: '{}' }])
})
