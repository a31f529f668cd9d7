import { describe, expect, it } from 'vitest'
import { hasLooseCall } from './apply-run-event.ts'
import type { ConversationView, MessageView } from './conversation-view.ts'
import { viewOf } from './from-timeline.ts'
import { essenceOf, played, type RecordedScenario, recordedRuns } from './recorded-runs.fixture.ts'

const now = 1_000_000

/** What stood in the conversation before the recording began. */
function openedView({ runs }: RecordedScenario): ConversationView {
  const [first] = runs
  const before = first?.snapshots[0]?.messages ?? []
  const own = before.findLastIndex((message) => message.type === 'user' && message.content === first?.userMessage)
  return viewOf({ messages: own < 0 ? before : before.slice(0, own) }, { now })
}

describe.each(recordedRuns.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  it('live, is what the record says in the end', () => {
    const live = scenario.runs.reduce((view, run) => played(view, run), openedView(scenario))
    expect(comparable(live, live)).toEqual(comparable(viewOf(scenario.last, { now }), live))
  })

  it('read again at any moment of a run, and followed from its start, is the same', () => {
    let live = openedView(scenario)
    for (const [index, run] of scenario.runs.entries()) {
      live = played(live, run)
      for (const snapshot of run.snapshots) {
        const runId = run.events[0]?.run_id
        const read = viewOf({ ...snapshot, active_run_id: runId }, { now })
        const hasUserMessage =
          run.userMessage === undefined ||
          read.messages.some((it) => it.type === 'user' && it.content === run.userMessage)
        if (!hasUserMessage) continue
        const followed = played(read, run, { isOwn: false })
        const hasUsage = !followed.marks.isUsageRecorded
        expect(comparable(followed, live, hasUsage), `run ${index}, ${snapshot.messages?.length} messages`).toEqual(
          comparable(live, live, hasUsage),
        )
      }
    }
  })

  it('cut anywhere, and taken up by the last id, is the same, whatever comes twice', () => {
    let before = openedView(scenario)
    for (const run of scenario.runs) {
      const whole = played(before, run)
      for (let cut = 1; cut < run.events.length; cut++) {
        const again = Math.max(0, cut - 3)
        expect(played(played(before, run, { to: cut }), run, { from: again })).toEqual(whole)
      }
      before = whole
    }
  })

  it('never moves a call back', () => {
    let view = openedView(scenario)
    for (const run of scenario.runs) {
      for (let at = 0; at < run.events.length; at++) {
        const next = played(view, run, { from: at, to: at + 1 })
        for (const [id, far] of progressOf(view)) expect(progressOf(next).get(id), id).toBeGreaterThanOrEqual(far)
        view = next
      }
    }
  })
})

it('the recordings hold every way in which a run may go on and end', () => {
  const types = new Set(
    recordedRuns.flatMap(({ runs }) => runs.flatMap(({ events }) => events.map(({ type }) => type))),
  )
  expect([...types].toSorted()).toEqual(
    [
      'completed',
      'generation.complete',
      'generation.start',
      'rate_limit',
      'ready',
      'thinking',
      'thinking.complete',
      'token',
      'token.usage',
      'tool.approved',
      'tool.awaiting_approval',
      'tool.denied',
      'tool.error',
      'tool.executing',
      'tool.progress',
      'tool.result',
      'tool.stale',
      'tool.verified',
      'tools.pending',
      'transient_error',
      'ttft',
      'workflow.error',
      'workflow_complete',
      'workflow_error',
    ].toSorted(),
  )
})

/** Calls that ended without an event, and effects that only the record told of, are read; see `hasLooseCall`. */
function comparable(view: ConversationView, live: ConversationView, hasUsage = true): unknown {
  type Call = { call_id: string; status: string; effect?: string; error?: string; revision: number }
  const liveCalls = new Map(callsOf(live.messages))
  return JSON.parse(JSON.stringify(essenceOf(view, { hasUsage })), (_, value: unknown) => {
    const call = value as Call | null
    if (call === null || typeof call !== 'object' || !('call_id' in call)) return value
    const shown = liveCalls.get(call.call_id)
    const { effect, error, ...rest } = call
    const isLoose =
      hasLooseCall(live) && ['pending', 'awaiting_approval', 'approved', 'executing'].includes(shown?.status ?? '')
    return {
      ...rest,
      error,
      ...(shown?.effect !== undefined && { effect }),
      ...(isLoose && { status: 'read again', error: undefined }),
    }
  })
}

function callsOf(messages: readonly MessageView[]) {
  return messages.flatMap((message) =>
    message.type === 'user'
      ? []
      : message.segments.flatMap((it) => (it.kind === 'tool' ? [[it.id, it.call] as const] : [])),
  )
}

function progressOf(view: ConversationView): Map<string, number> {
  const order = ['pending', 'awaiting_approval', 'approved', 'executing']
  const rank = (status: string) => (order.includes(status) ? order.indexOf(status) : 4)
  return new Map(callsOf(view.messages).map(([id, call]) => [id, (call.revision ?? 1) * 10 + rank(call.status)]))
}
