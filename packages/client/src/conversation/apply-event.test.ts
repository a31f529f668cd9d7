import type { RunEvent } from '@fairlead/contract/events/run-event'
import { describe, expect, it } from 'vitest'
import { applyEvent } from './apply-event.ts'
import type { AssistantMessageView, CallView, ConversationView } from './conversation-view.ts'
import { emptyView } from './empty-view.ts'
import { fromTimeline, viewOf } from './from-timeline.ts'
import { end, failure, generation, ofCall, proposed, ready, spoken, token, waiting } from './run-events.fixture.ts'
import { findCall } from './selectors.ts'

type Loose = { type: string; [field: string]: unknown }
const thinking = (text: string) => ({ type: 'thinking', text })
const thought = (content: string, duration_ms = 5) => ({ type: 'thinking.complete', content, duration_ms })

/** Applies events of a run; what a server may leave out is left out. */
function after(events: Loose[], { view = emptyView(), run = 'R', from = 1, numbered = true } = {}): ConversationView {
  return events.reduce((before, event, index) => {
    const wholeEvent = { run_id: run, conversation_id: 'C', ...event } as unknown as RunEvent
    const id = numbered ? String(from + index) : undefined
    return applyEvent(before, wholeEvent, { id, now: 5000, userMessage: run === 'R' ? 'why?' : undefined })
  }, view)
}

function answerOf({ messages }: ConversationView): AssistantMessageView {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') throw new Error('there is no answer')
  return last
}
const shapeOf = (view: ConversationView) =>
  answerOf(view).segments.map((it) => (it.kind === 'tool' ? it.call.call_id : `${it.kind}: ${it.text}`))
const callOf = (view: ConversationView, id = 'W1'): CallView => {
  const call = findCall(view, id)
  if (call === undefined) throw new Error(`there is no ${id}`)
  return call
}

describe('words', () => {
  it('of a generation that is begun again are void, and its calls before are not', () => {
    const view = after([
      ready,
      generation,
      thinking('I look.'),
      token('First.'),
      spoken('First.'),
      proposed('W1'),
      generation,
      thinking('I wonder.'),
      token('Half an ans'),
      generation,
      token('Whole.'),
    ])
    expect(shapeOf(view)).toEqual(['thinking: I look.', 'text: First.', 'W1', 'text: Whole.'])
    expect(answerOf(view).content).toBe('First.Whole.')
  })

  it('of the only generation leave no message behind when they are void', () => {
    expect(after([ready, generation, token('Half'), generation]).messages).toHaveLength(1)
  })

  it('that were streamed otherwise than the generation says are corrected', () => {
    expect(shapeOf(after([ready, generation, token('Hallo'), spoken('Hello')]))).toEqual(['text: Hello'])
    expect(shapeOf(after([ready, generation, spoken('Never streamed')]))).toEqual(['text: Never streamed'])
  })

  it('that alternate with thinking make one block of each, thinking first', () => {
    const view = after([ready, generation, token('a'), thinking('x'), token('b'), thinking('y'), thought('xy')])
    expect(shapeOf(view)).toEqual(['thinking: xy', 'text: ab'])
    expect(answerOf(view).segments[0]).toMatchObject({ isComplete: true, durationMs: 5, completionCount: 1 })
  })

  it('of thinking that goes on behind thinking are one block, with a blank line and both times', () => {
    const view = after([
      ready,
      generation,
      thinking('one'),
      thought('one'),
      spoken(''),
      generation,
      thinking('two'),
      thought('two', 7),
    ])
    expect(shapeOf(view)).toEqual(['thinking: one\n\ntwo'])
    expect(answerOf(view).segments[0]).toMatchObject({ durationMs: 12, completionCount: 2 })
  })

  it('after the end of the run are dropped; its title and usage are not', () => {
    const usage = {
      source: 'main',
      model: 'm',
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      cached_tokens: null,
    }
    const late = [
      token(' late'),
      { type: 'token.usage', ...usage },
      { type: 'conversation.title.generated', title: 'T' },
    ]
    const view = after([ready, generation, token('Done.'), spoken('Done.'), ...end(), ...late])
    expect(answerOf(view)).toMatchObject({ content: 'Done.', isStreaming: false, usage: { total_tokens: 3 } })
    expect(view).toMatchObject({ title: 'T', run: { state: 'completed' } })
  })

  it('of side questions to the model do not count as usage', () => {
    const usage = { model: 'm', prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, cached_tokens: 1 }
    const view = after([
      ready,
      { type: 'ttft', duration: 40 },
      { type: 'token.usage', source: 'main', ...usage },
      { type: 'token.usage', source: 'turn_check', ...usage },
      ...end(),
    ])
    expect(answerOf(view).usage).toMatchObject({ total_tokens: 3, cached_tokens: 1, ttft_ms: 40, ttr_ms: 1000 })
  })
})

describe('a run', () => {
  it('that fails keeps what was said, and its first end counts', () => {
    const view = after([ready, generation, token('Half'), ...failure('The model failed.'), ...end()])
    expect(answerOf(view)).toMatchObject({ content: 'Half', error: 'The model failed.' })
    expect(view.run?.state).toBe('failed')
  })

  it.each([
    ['completed alone', [{ type: 'completed', status: 'completed' }], 'completed'],
    ['workflow_complete alone', [{ type: 'workflow_complete', status: 'stopped' }], 'stopped'],
    ['a plain error', [{ type: 'error', error: 'It broke.' }], 'failed'],
    ['workflow_error alone', [{ type: 'workflow_error', error: 'It broke.' }], 'failed'],
    [
      'an error, then completed',
      [
        { type: 'workflow.error', error: 'It broke.' },
        { type: 'workflow_complete', status: 'completed' },
      ],
      'failed',
    ],
  ])('ends by %s', (_, events, state) => {
    expect(after([ready, generation, token('x'), ...events]).run?.state).toBe(state)
  })

  it('that ends with a call that waits is waiting, whatever its status says', () => {
    expect(after([ready, generation, proposed('W1'), waiting('W1'), ...end()]).run?.state).toBe('waiting')
    expect(after([ready, generation, proposed('W1'), ...end()]).run?.state).toBe('waiting')
  })

  it('that carries on after a decision goes on in the same message, without its old end', () => {
    const before = after([ready, generation, proposed('W1'), waiting('W1'), ...end('stopped')])
    const view = after(
      [ready, ofCall('tool.approved', 'W1', { decided_by: 'a', revision: 1 }), generation, token('Done.')],
      {
        view: before,
        run: 'S',
      },
    )
    expect(view.messages).toHaveLength(2)
    expect(answerOf(view)).toMatchObject({ isStreaming: true, isStopped: false, runIds: ['R', 'S'], content: 'Done.' })
  })

  it('tells of a busy model until it speaks', () => {
    const busy = after([ready, generation, { type: 'rate_limit', retry_in: 3, attempt: 1, max_retries: 3 }])
    expect(busy.notice).toEqual({ text: 'The model is busy', until: 8000, attempt: 1, maxRetries: 3 })
    expect(after([generation, token('x')], { view: busy, from: 4 }).notice).toBeUndefined()
  })

  it('changes nothing by an event that was applied, or by one that nobody knows', () => {
    const view = after([ready, generation, token('x')])
    expect(after([token('x')], { view, from: 3 })).toBe(view)
    const unknown = after([{ type: 'something.new', what: 1 }], { view, from: 4 })
    expect(unknown.messages).toBe(view.messages)
  })
})

describe('a call', () => {
  const approved = (revision = 1) => ofCall('tool.approved', 'W1', { decided_by: 'a@example.com', revision })
  const awaitingApproval = [ready, generation, proposed('W1'), waiting('W1')]

  it('never goes back, whatever comes late', () => {
    const done = after([
      ...awaitingApproval,
      approved(),
      ofCall('tool.executing', 'W1'),
      ofCall('tool.result', 'W1', { result: [], outcome: 'succeeded' }),
    ])
    const late = after([waiting('W1'), approved(), ofCall('tool.executing', 'W1'), ofCall('tool.denied', 'W1')], {
      view: done,
      from: 20,
    })
    expect(callOf(late).status).toBe('completed')
  })

  it('that is stale keeps what was seen, and asks again with its new effect and no votes', () => {
    const stale = { ...ofCall('tool.stale', 'W1', { reason: 'replicas had changed', revision: 1 }) }
    const view = after([...awaitingApproval, approved(), ofCall('tool.executing', 'W1'), stale, waiting('W1', 2)])
    expect(callOf(view)).toMatchObject({
      status: 'awaiting_approval',
      revision: 2,
      votes: [],
      decided_by: undefined,
      started_at: undefined,
      effect: { summary: 'scale, revision 2' },
      before: {
        revision: 1,
        reason: 'replicas had changed',
        approvedBy: 'a@example.com',
        votes: [{ by: 'a@example.com' }],
        effect: { summary: 'scale, revision 1' },
      },
    })
    const late = after([approved(1), ofCall('approval.vote', 'W1', { by: 'b', given: 1, required: 2 })], {
      view,
      from: 20,
    })
    expect(callOf(late)).toMatchObject({ status: 'awaiting_approval', revision: 2 })
  })

  it('that the record has asked again already is told why, by whatever comes of the revision before', () => {
    const ahead = after([...awaitingApproval, waiting('W1', 2)], { view: emptyView() })
    const fromRecord = {
      ...ahead,
      messages: ahead.messages.map((message) =>
        message.type === 'assistant'
          ? {
              ...message,
              segments: message.segments.map((it) =>
                it.kind === 'tool' ? { ...it, call: { ...it.call, before: undefined } } : it,
              ),
            }
          : message,
      ),
    }
    const stale = ofCall('tool.stale', 'W1', { reason: 'replicas had changed', revision: 1 })
    const view = after([{ ...approved(), revision: 1 }, stale], { view: fromRecord, from: 20 })
    expect(callOf(view)).toMatchObject({
      status: 'awaiting_approval',
      revision: 2,
      before: { revision: 1, reason: 'replicas had changed', approvedBy: 'a@example.com' },
    })
  })

  it('whose effect was replaced before anybody decided keeps the one that was seen', () => {
    const view = after([...awaitingApproval, waiting('W1', 2)])
    expect(callOf(view).before).toMatchObject({
      revision: 1,
      reason: undefined,
      effect: { summary: 'scale, revision 1' },
    })
  })

  it.each([
    [{ reason: 'superseded' }, 'cancelled'],
    [{ reason: 'budget "team" is used up' }, 'cancelled'],
    [{ reason: 'expired' }, 'expired'],
    [{ reason: 'policy freeze: not on a Friday', policies: ['freeze'] }, 'denied'],
    [{ reason: 'expired', decided_by: 'a@example.com' }, 'denied'],
    [{}, 'denied'],
  ])('denied with %j is %s', (fields, status) => {
    expect(callOf(after([...awaitingApproval, ofCall('tool.denied', 'W1', fields)])).status).toBe(status)
  })

  it('ends unknown when nobody knows its outcome, and its verdict moves no status', () => {
    const unknown = after([
      ...awaitingApproval,
      approved(),
      ofCall('tool.error', 'W1', { error: 'lost', outcome: 'unknown', recovered: true }),
    ])
    expect(callOf(unknown)).toMatchObject({ status: 'unknown', outcome: 'unknown', recovered: true, error: 'lost' })
    const verified = after([{ type: 'tool.verified', call_id: 'W1', verdict: 'differs', waited_ms: 3, objects: [] }], {
      view: unknown,
      from: 20,
    })
    expect(callOf(verified)).toMatchObject({ status: 'unknown', verdict: { verdict: 'differs', waited_ms: 3 } })
  })

  it('is shown by its result though nobody proposed it', () => {
    const view = after([ready, ofCall('tool.result', 'X', { result: [{ type: 'text', text: 'there' }] })])
    expect(callOf(view, 'X')).toMatchObject({ status: 'completed', title: 'Scale', result: [{ text: 'there' }] })
  })

  it('closed by a new message is found in the message before', () => {
    const before = after([...awaitingApproval, ...end('awaiting_approval')])
    const asking = {
      ...before,
      messages: [...before.messages, { id: 'U2', type: 'user', content: 'leave it', timestamp: 9 } as const],
    }
    const view = after(
      [ready, ofCall('tool.denied', 'W1', { reason: 'superseded' }), generation, token('As you wish.')],
      { view: asking, run: 'S' },
    )
    expect(callOf(view).status).toBe('cancelled')
    expect(view.messages.map(({ type }) => type)).toEqual(['user', 'assistant', 'user', 'assistant'])
  })
})

describe('a server that tells less', () => {
  it('without ids, generations, classes or arguments is shown all the same', () => {
    const pending = {
      type: 'tools.pending',
      tools: [{ call_id: 'W1', tool: 'scale', args: null, requires_approval: true }],
    }
    const events = [
      ready,
      thinking('hm'),
      token('I '),
      token('scale.'),
      pending,
      { type: 'tool.result', call_id: 'W1' },
      token('Done.'),
      ...end(),
    ]
    const view = after(events, { numbered: false })
    expect(shapeOf(view)).toEqual(['thinking: hm', 'text: I scale.', 'W1', 'text: Done.'])
    expect(callOf(view)).toMatchObject({ class: 'write', args: {}, title: 'scale', status: 'completed', result: [] })
    expect(callOf(view).args_digest).toBeUndefined()
  })

  it('with an effect that has parts missing keeps what there is', () => {
    const effect = { summary: 'scale' }
    const view = after([
      ready,
      generation,
      proposed('W1'),
      { ...waiting('W1'), effect, votes: undefined, required: undefined },
    ])
    expect(callOf(view)).toMatchObject({ status: 'awaiting_approval', effect: { summary: 'scale' }, votes: [] })
  })

  it('and its record without segments, run ids or objects for arguments is drawn', () => {
    const plain = { id: 'A', type: 'assistant', content: 'plain', timestamp: 1 }
    const execution = {
      call_id: 'W1',
      tool: 'scale',
      title: '',
      args: [1],
      status: 'executing',
      requires_approval: true,
      timestamp: 1,
      result: null,
    }
    const withCall = { ...plain, segments: [{ kind: 'tool', id: 'W1', toolExecution: execution, timestamp: 1 }] }
    const messages = fromTimeline([plain, withCall] as never)
    expect(messages[0]).toMatchObject({ segments: [{ kind: 'text', text: 'plain' }], runIds: [] })
    expect(messages[1]).toMatchObject({ segments: [{ call: { title: 'scale', args: {}, class: 'write' } }] })
    expect(viewOf({ messages: null }, { now: 1 }).messages).toEqual([])
  })
})

it('a page of two thousand messages takes an event in a fraction of a frame', () => {
  const old = Array.from({ length: 2000 }, (_, index) => ({
    id: `M${index}`,
    type: 'user' as const,
    content: 'x',
    timestamp: 1,
  }))
  let view = after([ready, generation, proposed('W1'), waiting('W1'), generation], {
    view: { ...emptyView(), messages: old },
  })
  const begun = performance.now()
  const events = 2000
  for (let at = 0; at < events; at++) view = after([token('word ')], { view, from: 10 + at })
  const each = (performance.now() - begun) / events
  expect(answerOf(view).content).toHaveLength(events * 5)
  expect(each, 'milliseconds an event').toBeLessThan(1)
})
