import { callView, effectOf } from '@fairlead/client/conversation/call-view.fixture'
import type { Viewer } from '@fairlead/client/decision/decide-right'
import { expect, test } from 'vitest'
import { bulkChoice, decisionsOf, isGrave, listedOf } from './bulk.ts'

const viewer: Viewer = {
  email: 'dev@example.com',
  person: { role: 'member', grants: [], view_only: false },
  isOwner: true,
}
const of = { approve: true, reason: '', viewerOf: () => viewer }
const required = { approvers: 1, not_requester: false, reason: false, passkey: false }
const calls = [
  callView({ call_id: 'plain' }),
  callView({ call_id: 'passkey', required: { ...required, passkey: true } }),
  callView({ call_id: 'reason', required: { ...required, reason: true } }),
  callView({ call_id: 'other', required: { ...required, not_requester: true } }),
  callView({ call_id: 'coming', status: 'pending', effect: undefined, effect_digest: undefined }),
  callView({ call_id: 'second' }),
]
const ids = (choice: ReturnType<typeof bulkChoice>) => choice.taken.map(({ call }) => call.call_id)

test('calls that one request cannot decide are named with the reason', () => {
  const choice = bulkChoice(calls, { ...of, listed: listedOf(calls) })
  expect(ids(choice)).toEqual(['plain', 'second'])
  expect(choice.left.map(({ call, why }) => [call.call_id, why])).toEqual([
    ['passkey', 'it takes a passkey'],
    ['reason', 'it takes a reason'],
    ['other', 'waits for another approver: you asked for this change'],
    ['coming', 'its effect is not known yet'],
  ])
  expect(ids(bulkChoice(calls, { ...of, listed: listedOf(calls), reason: 'because' }))).toContain('reason')
})

test('a denial needs neither passkey nor reason', () => {
  const choice = bulkChoice(calls, { ...of, listed: listedOf(calls), approve: false })
  expect(ids(choice)).toEqual(['plain', 'passkey', 'reason', 'second'])
})

test('only what was listed, with the digests it was listed with', () => {
  const listed = listedOf(calls)
  const replaced = calls.map((call) => (call.call_id === 'plain' ? { ...call, effect_digest: '0'.repeat(64) } : call))
  const choice = bulkChoice(replaced, { ...of, listed })
  expect(ids(choice)).toEqual(['second'])
  expect(choice.left.find(({ call }) => call.call_id === 'plain')?.why).toContain('replaced')
  const decided = bulkChoice([callView({ call_id: 'plain', status: 'approved' })], { ...of, listed })
  expect(decided.left[0]?.why).toBe('it does not wait any more')
  expect(ids(bulkChoice([callView({ call_id: 'fresh' })], { ...of, listed }))).toEqual([])
})

test('each decision carries both digests of the list', () => {
  const choice = bulkChoice(calls, { ...of, listed: listedOf(calls), reason: '  fine ' })
  const [first] = decisionsOf(choice, { approve: true, reason: '  fine ' })
  expect(first).toEqual({
    call_id: 'plain',
    approve: true,
    args_digest: calls[0]?.args_digest,
    effect_digest: calls[0]?.effect_digest,
    reason: 'fine',
  })
  expect(decisionsOf(choice, { approve: true, reason: ' ' })[0]).not.toHaveProperty('reason')
})

test('what is grave: high or unknown risk, deletions, destructive tools', () => {
  expect(isGrave(callView())).toBe(false)
  expect(isGrave(callView({ effect: effectOf({ risk: 'high' }) }))).toBe(true)
  expect(isGrave(callView({ effect: undefined }))).toBe(true)
  expect(isGrave(callView({ annotations: { destructiveHint: true } }))).toBe(true)
  const bare = callView({ annotations: undefined })
  expect(isGrave(bare, new Set(['k8s_scale']))).toBe(true)
  expect(isGrave(bare, new Set())).toBe(false)
  expect(isGrave(bare)).toBe(true)
  const objects = effectOf().objects.map((object) => ({ ...object, action: 'delete' as const }))
  expect(isGrave(callView({ effect: effectOf({ objects }) }))).toBe(true)
})

test('a call that hides what would run is left out until that was shown; then the proof goes along', () => {
  const mask = { object: 0, path: '/data/x', side: 'after' as const, at: 0, bytes: 40, executable: true }
  const hiding = [callView({ call_id: 'hiding', effect: effectOf({ masks: [mask] }) }), callView({ call_id: 'plain' })]
  const listed = listedOf(hiding)
  const left = bulkChoice(hiding, { ...of, listed })
  expect(left.taken.map(({ call }) => call.call_id)).toEqual(['plain'])
  expect(left.left).toMatchObject([{ why: 'text that would run is hidden, and was not shown', isHiding: true }])
  const shownOf = ({ call_id }: { call_id: string }) => (call_id === 'hiding' ? 'proof' : undefined)
  const both = bulkChoice(hiding, { ...of, listed, shownOf })
  expect(decisionsOf(both, { approve: true, reason: '', shownOf })).toMatchObject([{ shown: 'proof' }, {}])
  // Nobody has to read what they deny.
  expect(bulkChoice(hiding, { ...of, listed, approve: false }).taken).toHaveLength(2)
})
