import { callView } from '@fairlead/client/conversation/call-view.fixture'
import type { CallView, SegmentView } from '@fairlead/client/conversation/conversation-view'
import { expect, it } from 'vitest'
import { segmentGroups } from './segment-groups.ts'

const text = (id: string, value = 'words'): SegmentView => ({ kind: 'text', id, text: value, timestamp: undefined })
const tool = (call_id: string, kind: CallView['class']): SegmentView => ({
  kind: 'tool',
  id: call_id,
  call: callView({ call_id, class: kind, requires_approval: kind === 'write' }),
})
const thinking = (id: string, value: string, isComplete: boolean): SegmentView => ({
  kind: 'thinking',
  id,
  text: value,
  isComplete,
  durationMs: 0,
  completionCount: 0,
  timestamp: undefined,
})

it('makes one log of reads that follow each other, and a card of each write', () => {
  const groups = segmentGroups([
    tool('r1', 'read'),
    tool('r2', 'read'),
    text('t1'),
    tool('r3', 'read'),
    tool('w1', 'write'),
    tool('w2', 'write'),
    tool('r4', 'read'),
  ])
  expect(
    groups.map((it) => (it.kind === 'log' ? `log ${it.calls.map(({ call_id }) => call_id)}` : `${it.kind} ${it.id}`)),
  ).toEqual(['log r1,r2', 'text t1', 'log r3', 'card w1', 'card w2', 'log r4'])
})

it('goes by class and by what asks, never by names', () => {
  const call = callView({
    call_id: 'x',
    tool: 'delete_all',
    title: 'Delete all',
    class: 'read',
    requires_approval: false,
  })
  expect(segmentGroups([{ kind: 'tool', id: 'x', call }])[0]?.kind).toBe('log')
  const asking = { ...call, tool: 'get_status', requires_approval: true }
  expect(segmentGroups([{ kind: 'tool', id: 'x', call: asking }])[0]?.kind).toBe('card')
})

it('leaves out what says nothing, but not a thought that has only begun', () => {
  const groups = segmentGroups([text('t', ' \n'), thinking('a', '', true), thinking('b', '', false)])
  expect(groups.map(({ id }) => id)).toEqual(['b'])
})
