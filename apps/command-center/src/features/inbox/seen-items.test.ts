import { expect, test } from 'vitest'
import { approvalItem } from './approval-item.fixture.ts'
import { noteShown } from './seen-items.ts'

test('what was seen stands beside what takes its place', () => {
  const first = approvalItem()
  const seen = noteShown({}, first)
  expect(seen['call-1']).toEqual({ item: first, before: undefined })
  expect(noteShown(seen, first)).toBe(seen)
  const voted = { ...first, votes: [{ by: 'ops@example.com', at: '2026-11-21T10:00:00Z' }] }
  expect(noteShown(seen, voted)['call-1']?.before).toBeUndefined()
  const next = approvalItem({ revision: 2, effect_digest: 'c'.repeat(64) })
  const replaced = noteShown(noteShown(seen, voted), next)
  expect(replaced['call-1']?.before).toMatchObject({ revision: 1, effect: first.effect, votes: voted.votes })
  expect(noteShown(replaced, { ...next, votes: voted.votes })['call-1']?.before?.revision).toBe(1)
})

test('an effect that comes for the first time replaces nothing', () => {
  const coming = approvalItem({ effect: null, effect_digest: null })
  expect(noteShown(noteShown({}, coming), approvalItem())['call-1']?.before).toBeUndefined()
})
