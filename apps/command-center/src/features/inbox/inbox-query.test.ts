import type { Effect } from '@fairlead/contract/effect/effect'
import { expect, test } from 'vitest'
import { approvalItem } from './approval-item.fixture.ts'
import { choicesOf, type InboxQuery, inboxSearch, parseInboxQuery, queriedItems } from './inbox-query.ts'

const me = 'dev@example.com'
const other = { id: 'u-2', email: 'ops@example.com', name: '' }
const effectWith = (parts: Partial<Effect>, place: { cluster?: string; namespace?: string } = {}): Effect => {
  const { effect } = approvalItem()
  if (effect === null) throw new Error('The fixture has an effect')
  return { ...effect, ...parts, objects: effect.objects.map((object) => ({ ...object, ...place })) }
}
const items = [
  approvalItem({ call_id: 'soon', expires_at: '2026-11-21T11:00:00Z', asked_at: '2026-11-21T09:00:00Z' }),
  approvalItem({ call_id: 'high', requester: other, effect: effectWith({ risk: 'high' }, { namespace: 'data' }) }),
  approvalItem({
    call_id: 'late',
    tool: 'k8s_apply',
    expires_at: null,
    asked_at: '2026-11-21T12:00:00Z',
    effect: effectWith({ risk: 'medium' }, { cluster: 'test' }),
  }),
  approvalItem({ call_id: 'coming', effect: null, expires_at: '2026-11-23T10:00:00Z', asked_at: undefined }),
]
const ids = (search: string) => queriedItems(items, parseInboxQuery(search), me).map(({ call_id }) => call_id)

test.each([
  ['', ['soon', 'high', 'coming', 'late']],
  ['sort=newest', ['late', 'high', 'soon', 'coming']],
  ['sort=risk', ['high', 'late', 'soon', 'coming']],
  ['sort=nonsense&risk=nonsense&whose=x', ['soon', 'high', 'coming', 'late']],
  ['whose=mine', ['soon', 'coming', 'late']],
  ['whose=others', ['high']],
  ['risk=medium', ['late']],
  ['requester=ops%40example.com', ['high']],
  ['cluster=test', ['late']],
  ['namespace=data', ['high']],
  ['tool=k8s_scale&whose=mine', ['soon', 'coming']],
  ['tool=absent', []],
])('%j gives %j', (search, expected) => {
  expect(ids(search)).toEqual(expected)
})

test('the address bar and the query are each the other', () => {
  const query: InboxQuery = {
    order: 'risk',
    whose: 'others',
    risk: 'high',
    requester: 'a b@example.com',
    cluster: 'c&d',
    namespace: 'n',
    tool: 't',
  }
  expect(parseInboxQuery(inboxSearch(query))).toEqual(query)
  expect(inboxSearch(parseInboxQuery(''))).toBe('')
})

test('choices are of all that waits, each once', () => {
  expect(choicesOf(items)).toEqual({
    requester: ['dev@example.com', 'ops@example.com'],
    cluster: ['prod-eu', 'test'],
    namespace: ['data', 'shop'],
    tool: ['k8s_apply', 'k8s_scale'],
  })
})

test('an effect of another form breaks nothing', () => {
  const strange = approvalItem({ effect: { objects: 7 } as never })
  expect(queriedItems([strange], parseInboxQuery('cluster=x'), me)).toEqual([])
  expect(choicesOf([strange]).cluster).toEqual([])
})
