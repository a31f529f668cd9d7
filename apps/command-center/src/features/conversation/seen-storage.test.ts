import type {
  AssistantMessageView,
  CallView,
  ConversationView,
  SeenBefore,
} from '@fairlead/client/conversation/conversation-view'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { expect, it } from 'vitest'
import { testStorage } from './live-conversation.fixture.ts'
import { storeAllSeen, withStoredSeen } from './seen-storage.ts'

const before: SeenBefore = {
  revision: 1,
  effect: undefined,
  effectDigest: '1'.repeat(64),
  votes: [],
  reason: 'the object has changed',
  approvedBy: 'ada@example.com',
}
const aCall = (of: Partial<CallView> = {}): CallView => ({
  call_id: 'W1',
  tool: 'k8s_scale',
  title: 'Scale',
  args: {},
  status: 'awaiting_approval',
  requires_approval: true,
  timestamp: 1,
  class: 'write',
  revision: 2,
  effect_digest: '2'.repeat(64),
  ...of,
})
const viewWith = (call: CallView): ConversationView => {
  const message: AssistantMessageView = {
    ...{ id: 'm', type: 'assistant', content: '', timestamp: 1, isStreaming: false, isStopped: false },
    ...{ usage: undefined, error: undefined, runIds: [], segments: [{ kind: 'tool', id: call.call_id, call }] },
  }
  return { ...emptyView(), messages: [message] }
}
const beforeOf = ({ messages: [message] }: ConversationView) =>
  message?.type === 'assistant' && message.segments[0]?.kind === 'tool' ? message.segments[0].call.before : undefined

it.each([
  ['the same revision and effect', {}, before],
  ['a later revision', { revision: 3 }, undefined],
  ['another effect', { effect_digest: '3'.repeat(64) }, undefined],
  ['a call that is decided', { status: 'approved' as const }, undefined],
])('after a reload %s has what was seen before, if anything', (_, read, expected) => {
  const storage = testStorage()
  storeAllSeen(emptyView(), viewWith(aCall({ before })), storage)
  expect(beforeOf(withStoredSeen(viewWith(aCall(read)), storage))).toEqual(expected)
})

it('what was decided leaves nothing behind', () => {
  const storage = testStorage()
  const waiting = viewWith(aCall({ before }))
  storeAllSeen(emptyView(), waiting, storage)
  expect(storage.kept.size).toBe(1)
  storeAllSeen(waiting, viewWith(aCall({ before, status: 'approved' })), storage)
  expect(storage.kept.size).toBe(0)
})

it('a browser that keeps nothing shows what the record says', () => {
  const deny = () => {
    throw new Error('no storage')
  }
  const storage = { getItem: deny, setItem: deny, removeItem: deny }
  const view = viewWith(aCall({ before }))
  storeAllSeen(emptyView(), view, storage)
  expect(withStoredSeen(viewWith(aCall()), storage)).toEqual(viewWith(aCall()))
})
