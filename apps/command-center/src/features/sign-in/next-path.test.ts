import { describe, expect, it } from 'vitest'
import { nextPath } from './next-path.ts'

describe('nextPath', () => {
  it.each(['/', '/chat/0b9f?x=1', '/approvals?risk=high#top', '/loginfo'])('goes to %s', (path) =>
    expect(nextPath(path)).toBe(path),
  )

  it.each([
    null,
    undefined,
    '',
    'chat/1',
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere.example',
    '/\t/elsewhere.example',
    '/..//elsewhere.example',
    '/.//elsewhere.example',
    'javascript:alert(1)',
    '/login',
    '/login?next=/login',
    '/welcome',
  ])('goes home instead of to %j', (path) => expect(nextPath(path)).toBe('/'))
})
