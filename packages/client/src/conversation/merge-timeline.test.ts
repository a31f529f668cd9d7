import type { TimelineMessage } from '@fairlead/contract/call/timeline'
import { expect, it } from 'vitest'
import type { MessageView } from './conversation-view.ts'
import { viewOf } from './from-timeline.ts'
import { mergeNewest, withOlder } from './merge-timeline.ts'
import { played, recordedRun } from './recorded-runs.fixture.ts'

const userMessage = (id: string): TimelineMessage => ({ id, type: 'user', content: id, timestamp: 1 })
const idsOf = ({ messages }: ReturnType<typeof viewOf>) => messages.map(({ id }) => id)
const now = 1

it('keeps older pages in front of the newest one', () => {
  const shown = withOlder(viewOf({ messages: [userMessage('C'), userMessage('D')] }, { now }), [])
  const whole = withOlder(shown, viewOf({ messages: [userMessage('A'), userMessage('B')] }, { now }).messages)
  const merged = mergeNewest(
    whole,
    viewOf({ messages: [userMessage('C'), userMessage('D'), userMessage('E')] }, { now }),
  )
  expect(idsOf(merged)).toEqual(['A', 'B', 'C', 'D', 'E'])
})

it('draws messages on in place: under the ids that they were first shown by', () => {
  const { runs, last } = recordedRun('a write that is approved')
  const live = runs.reduce((view, run) => played(view, run), viewOf({ messages: [] }, { now }))
  const merged = mergeNewest(live, viewOf(last, { now }))
  expect(idsOf(merged).slice(-2)).toEqual(idsOf(live))
  expect(merged.messages.at(-1)).toMatchObject({ segments: [{ kind: 'text' }, { call: { annotations: {} } }, {}] })
})

it('reads an active run again from its start, and no other', () => {
  const { runs, last } = recordedRun('a write that is approved')
  const live = runs.reduce((view, run) => played(view, run), viewOf({ messages: [] }, { now }))
  const [first, second] = runs.map(({ events }) => events[0]?.run_id ?? '')
  const merged = mergeNewest(live, viewOf({ ...last, active_run_id: second }, { now }))
  expect(Object.keys(merged.marks.applied)).toEqual([first])
})

it('a read that is behind what events have told moves no call back', () => {
  const { runs } = recordedRun('a write that is approved')
  const [asking, deciding] = runs
  if (asking === undefined || deciding === undefined) throw new Error('the recording is another one')
  const live = runs.reduce((view, run) => played(view, run), viewOf({ messages: [] }, { now }))
  const behind = deciding.snapshots[0]
  if (behind === undefined) throw new Error('nothing was read')
  const merged = mergeNewest(live, viewOf(behind, { now }))
  const last = merged.messages.at(-1)
  const statuses =
    last?.type === 'assistant' ? last.segments.flatMap((it) => (it.kind === 'tool' ? [it.call.status] : [])) : []
  expect(statuses).toEqual(['completed'])
})

it('a read that is ahead of what events have told keeps what was seen as what was seen before', () => {
  const { runs } = recordedRun('a write that is approved')
  const [asking] = runs
  if (asking === undefined) throw new Error('the recording is another one')
  const live = played(viewOf({ messages: [] }, { now }), asking)
  const shown = callsOf(live)[0]
  const again = (message: MessageView): MessageView =>
    message.type === 'user'
      ? message
      : {
          ...message,
          segments: message.segments.map((it) =>
            it.kind === 'tool' ? { ...it, call: { ...it.call, revision: 2, effect_digest: '2'.repeat(64) } } : it,
          ),
        }
  const merged = mergeNewest(live, { ...live, messages: live.messages.map(again) })
  expect(shown?.effect).toBeDefined()
  expect(callsOf(merged)[0]?.before).toMatchObject({ revision: 1, effect: shown?.effect })
})

function callsOf({ messages }: ReturnType<typeof viewOf>) {
  return messages.flatMap((message) =>
    message.type === 'user' ? [] : message.segments.flatMap((it) => (it.kind === 'tool' ? [it.call] : [])),
  )
}
