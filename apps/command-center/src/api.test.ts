import { afterEach, expect, it, vi } from 'vitest'
import { ownFetch, watchAnswers } from './api.ts'

afterEach(() => vi.unstubAllGlobals())

it('marks what changes something as a script of the page, and tells whoever listens of each answer', async () => {
  const sent: Headers[] = []
  const statuses = [200, 401, 403, 500]
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    sent.push(new Headers(init.headers))
    return new Response(null, { status: statuses.shift() })
  })
  const heard: string[] = []
  const leave = watchAnswers({
    onSuccess: () => heard.push('success'),
    onUnauthorized: () => heard.push('unauthorized'),
    onForbidden: () => heard.push('forbidden'),
  })
  await ownFetch('/api/v1/auth/me', { method: 'GET', headers: { accept: 'application/json' } })
  await ownFetch('/api/v1/agent/stop', { method: 'POST' })
  await ownFetch('/api/v1/conversations/C', { method: 'PATCH' })
  await ownFetch('/api/v1/conversations/C', { method: 'DELETE' })
  expect(sent.map((headers) => headers.get('x-fairlead-csrf'))).toEqual([null, '1', '1', '1'])
  expect(sent[0]?.get('accept')).toBe('application/json')
  expect(heard).toEqual(['success', 'unauthorized', 'forbidden'])
  leave()
})
