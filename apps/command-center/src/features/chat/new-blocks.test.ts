import type { ConversationView, MessageView, SegmentView } from '@fairlead/client/conversation/conversation-view'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { expect, it } from 'vitest'
import { blocksSince, markEnd } from './new-blocks.ts'

const user = (id: string): MessageView => ({ id, type: 'user', content: 'q', timestamp: 0 })
const answer = (id: string, blocks: number): MessageView => ({
  id,
  type: 'assistant',
  content: '',
  timestamp: 0,
  segments: Array.from(
    { length: blocks },
    (_, at): SegmentView => ({ kind: 'text', id: `${at}`, text: 'x', timestamp: 0 }),
  ),
  isStreaming: true,
  usage: undefined,
  error: undefined,
  isStopped: false,
  runIds: [],
})
const view = (...messages: MessageView[]): ConversationView => ({ ...emptyView(), messages })

it('counts blocks of the marked message and of all after it', () => {
  const mark = markEnd(view(user('1'), answer('2', 2)))
  expect(blocksSince(view(user('1'), answer('2', 2)), mark)).toBe(0)
  expect(blocksSince(view(user('1'), answer('2', 4)), mark)).toBe(2)
  expect(blocksSince(view(user('0'), user('1'), answer('2', 3), user('3'), answer('4', 2)), mark)).toBe(4)
})

it('starts from nothing where there was nothing, and says nothing of what is gone', () => {
  expect(blocksSince(view(user('1')), markEnd(view()))).toBe(1)
  expect(blocksSince(view(user('1')), { id: 'gone', blocks: 1 })).toBe(0)
})
