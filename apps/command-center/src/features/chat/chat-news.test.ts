import { callView } from '@fairlead/client/conversation/call-view.fixture'
import type { CallView, ConversationView, RunView } from '@fairlead/client/conversation/conversation-view'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { describe, expect, it } from 'vitest'
import { chatNews } from './chat-news.ts'

const run = (state: RunView['state']): RunView => ({
  id: 'r',
  state,
  lastEventId: undefined,
  startedAt: 0,
  isAwaitingModel: false,
  ttftMs: undefined,
})
function view(state: RunView['state'] | undefined, calls: CallView[] = [], error?: string): ConversationView {
  return {
    ...emptyView(),
    run: state === undefined ? undefined : run(state),
    messages: [
      {
        id: 'a',
        type: 'assistant',
        content: '',
        timestamp: 0,
        segments: calls.map((call) => ({ kind: 'tool', id: call.call_id, call })),
        isStreaming: false,
        usage: undefined,
        error,
        isStopped: false,
        runIds: ['r'],
      },
    ],
  }
}
const said = (before: ConversationView, after: ConversationView) => chatNews(before, after).map(({ text }) => text)
const call = (parts: Partial<CallView>) => callView({ call_id: 'c', title: 'Scale web', ...parts })

describe('chatNews', () => {
  it.each([
    [undefined, 'running', ['Answer started']],
    ['starting', 'running', []],
    ['running', 'completed', ['Answer finished']],
    ['running', 'waiting', ['Answer finished']],
    ['running', 'stopped', ['Answer stopped']],
    ['completed', 'completed', []],
  ] as const)('%s, then %s', (before, after, texts) => expect(said(view(before), view(after))).toEqual(texts))

  it('says why an answer failed', () => {
    expect(chatNews(view('running'), view('failed', [], 'The model is down'))).toEqual([
      { text: 'The answer failed: The model is down', isUrgent: true },
    ])
  })

  it('says once that a call needs approval, and again when it has changed', () => {
    const pending = view('running', [call({ status: 'pending' })])
    const asking = view('running', [call({ status: 'awaiting_approval', revision: 1 })])
    const again = view('running', [call({ status: 'awaiting_approval', revision: 2 })])
    expect(said(pending, asking)).toEqual(['Approval needed: Scale web'])
    expect(said(asking, { ...asking })).toEqual([])
    expect(said(asking, again)).toEqual(['Changed, approval needed again: Scale web'])
    expect(said(again, { ...again })).toEqual([])
  })

  it('says a verdict, and nothing of words that come', () => {
    const done = view('completed', [call({ status: 'completed' })])
    const verdict = { verdict: 'differs' as const, objects: [], waited_ms: 10 }
    const verified = view('completed', [call({ status: 'completed', verdict })])
    expect(said(done, verified)).toEqual(['Scale web: differs from what was approved'])
    expect(said(verified, { ...verified })).toEqual([])
  })
})
