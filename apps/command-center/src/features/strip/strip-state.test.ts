import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { viewOf } from '@fairlead/client/conversation/from-timeline'
import { played, recordedRun, recordedRuns } from '@fairlead/client/conversation/recorded-runs.fixture'
import { describe, expect, it } from 'vitest'
import { type StripInput, stripState } from './strip-state.ts'

let count = 0
const aCall = (of: Partial<CallView>): CallView => ({
  call_id: `call-${++count}`,
  tool: 'a_tool',
  title: 'A tool',
  args: {},
  status: 'completed',
  requires_approval: of.class === 'write',
  timestamp: 1,
  class: 'read',
  ...of,
})
const read = (of: Partial<CallView> = {}) => aCall({ outcome: 'succeeded', ...of })
const write = (of: Partial<CallView> = {}) => aCall({ class: 'write', outcome: 'succeeded', ...of })
const verdict = (of: 'as_approved' | 'differs' | 'not_yet' | 'unreadable') => ({
  verdict: { verdict: of, waited_ms: 1, objects: [] },
})
const good = (of: Partial<CallView> = {}) => write({ decided_by: 'a@example.com', ...verdict('as_approved'), ...of })

const stepsOf = (calls: CallView[], runState: StripInput['runState'] = 'completed') => {
  const strip = stripState({ calls, runState })
  return strip?.steps.map(({ state, text }) => `${state}: ${text}`)
}

it('there is none before a call was proposed', () => {
  expect(stripState({ calls: [], runState: 'running' })).toBeUndefined()
})

describe('each fact moves the step it is about', () => {
  it.each<[string, CallView[], StripInput['runState'], string[]]>([
    [
      'proposed',
      [read({ status: 'pending' }), write({ status: 'pending' }), write({ status: 'pending' })],
      'running',
      ['done: 2 changes, 1 read', 'waiting: waiting', 'waiting: waiting', 'waiting: waiting'],
    ],
    [
      'reads alone',
      [read(), read({ status: 'executing' })],
      'running',
      ['done: 2 reads', 'neutral: not needed', 'active: 2 of 2', 'neutral: not needed'],
    ],
    [
      'one asked, one behind it',
      [read(), write({ status: 'awaiting_approval' }), write({ status: 'pending' })],
      'waiting',
      ['done: 2 changes, 1 read', 'active: 0 of 2 decided', 'waiting: 1 of 3', 'waiting: waiting'],
    ],
    [
      'votes',
      [
        write({
          status: 'awaiting_approval',
          required: { approvers: 2, not_requester: true, reason: false, passkey: false },
          votes: [{ by: 'a@example.com', at: '' }],
        }),
      ],
      'waiting',
      ['done: 1 change', 'active: 1 of 2 votes', 'waiting: waiting', 'waiting: waiting'],
    ],
    [
      'asked again',
      [write({ status: 'awaiting_approval', revision: 2 })],
      'waiting',
      ['done: 1 change', 'active: changed since, asked again', 'waiting: waiting', 'waiting: waiting'],
    ],
    [
      'stale, before the new question',
      [
        write({
          status: 'executing',
          before: { revision: 1, effect: undefined, effectDigest: '', votes: [], reason: 'moved', approvedBy: 'a' },
        }),
      ],
      'running',
      ['done: 1 change', 'active: changed since, asked again', 'waiting: waiting', 'waiting: waiting'],
    ],
    [
      'approved, another behind',
      [write({ status: 'executing' }), write({ status: 'pending' })],
      'running',
      ['done: 2 changes', 'waiting: 1 of 2 decided', 'active: 1 of 2', 'waiting: waiting'],
    ],
    [
      'denied, and one approved',
      [write({ status: 'denied', decided_by: 'a' }), good()],
      'completed',
      ['done: 2 changes', 'neutral: 1 approved, 1 denied', 'done: 1 of 1 done', 'done: as approved'],
    ],
    [
      'all closed',
      [write({ status: 'expired' }), write({ status: 'cancelled' })],
      'completed',
      ['done: 2 changes', 'neutral: 1 expired, 1 cancelled', 'neutral: nothing to run', 'neutral: nothing to verify'],
    ],
    [
      'written, not yet looked at',
      [write({ decided_by: 'a' })],
      'running',
      ['done: 1 change', 'done: approved', 'done: 1 of 1 done', 'active: checking'],
    ],
    [
      'failed whole',
      [write({ status: 'error', outcome: 'failed', decided_by: 'a' })],
      'completed',
      ['done: 1 change', 'done: approved', 'attention: 1 failed', 'neutral: nothing to verify'],
    ],
    [
      'failed in part',
      [
        write({
          status: 'error',
          outcome: 'failed',
          decided_by: 'a',
          objects: [
            { ref: { cluster: '', apiVersion: 'v1', kind: 'Pod', name: 'a' }, outcome: 'succeeded' },
            { ref: { cluster: '', apiVersion: 'v1', kind: 'Pod', name: 'b' }, outcome: 'failed' },
          ],
          ...verdict('differs'),
        }),
      ],
      'completed',
      ['done: 1 change', 'done: approved', 'attention: 1 failed', 'attention: differs'],
    ],
    [
      'a preview that failed',
      [write({ status: 'error', outcome: 'failed' })],
      'completed',
      ['done: 1 change', 'neutral: nobody was asked', 'attention: 1 failed', 'neutral: nothing to verify'],
    ],
    [
      'unknown',
      [write({ status: 'unknown', outcome: 'unknown', decided_by: 'a' }), good()],
      'completed',
      ['done: 2 changes', 'done: 2 approved', 'attention: outcome unknown', 'attention: unknown'],
    ],
    [
      'the worst of several verdicts',
      [good(), good(verdict('not_yet')), good(verdict('unreadable'))],
      'completed',
      ['done: 3 changes', 'done: 3 approved', 'done: 3 of 3 done', 'attention: could not be read back'],
    ],
    [
      'one verified, one still asked',
      [good(), write({ status: 'awaiting_approval' })],
      'waiting',
      ['done: 2 changes', 'active: 1 of 2 decided', 'waiting: 1 of 2', 'waiting: 1 of 2 checked'],
    ],
    [
      'stopped before anybody looked',
      [write({ decided_by: 'a' })],
      'stopped',
      ['done: 1 change', 'done: approved', 'done: 1 of 1 done', 'attention: not verified'],
    ],
    [
      'stopped before it began, the record not read yet',
      [write({ status: 'approved', decided_by: 'a' })],
      'stopped',
      ['done: 1 change', 'done: approved', 'neutral: not run', 'neutral: nothing to verify'],
    ],
    [
      'without a way to look',
      [write({ decided_by: 'a', effect: { ...anEffect(), basis: 'external' } })],
      'completed',
      ['done: 1 change', 'done: approved', 'done: 1 of 1 done', 'attention: cannot be verified'],
    ],
    [
      'a server that tells neither outcome nor verdict',
      [aCall({ class: 'write' })],
      'completed',
      ['done: 1 change', 'done: approved', 'done: 1 of 1 done', 'attention: not verified'],
    ],
  ])('%s', (_, calls, runState, steps) => {
    expect(stepsOf(calls, runState)).toEqual(steps)
  })
})

function anEffect() {
  return {
    summary: '',
    risk: 'low' as const,
    reasons: [],
    basis: 'server' as const,
    objects: [],
    generated: [],
    pins: {},
  }
}

it('is all positive only when every write was decided, ran and is as approved', () => {
  const isPositive = (...calls: CallView[]) => stripState({ calls, runState: 'completed' })?.isAllPositive
  expect(isPositive(read(), good(), good())).toBe(true)
  expect(isPositive(good(), write({ decided_by: 'a' }))).toBe(false)
  expect(isPositive(good(), write({ status: 'denied' }))).toBe(false)
  expect(isPositive(good(verdict('differs')))).toBe(false)
  expect(isPositive(read())).toBe(false)
})

it('says who looked, by class and order alone', () => {
  const verifyOf = (...calls: CallView[]) => stripState({ calls, runState: 'completed' })?.steps[3].detail
  expect(verifyOf(read(), good())).toMatch(/the model did not look further/)
  expect(verifyOf(good(), read(), read())).toBe('and 2 reads by the model afterwards')
  expect(verifyOf(write({ decided_by: 'a' }))).toMatch(/Nobody read the cluster back/)
  expect(verifyOf(aCall({ class: 'write' }))).toMatch(/does not check/)
  const strip = stripState({ calls: [write({ decided_by: 'a' })], runState: 'completed' })
  expect(strip?.wantsCheck).toBe(true)
})

it('never looks at names, titles, arguments or words', () => {
  const misleading = { tool: 'delete_all', title: 'Delete everything', args: { verb: 'delete' } }
  expect(stepsOf([read(misleading), good({ tool: 'get_status', title: 'Read' })])).toEqual(stepsOf([read(), good()]))
})

it('points at the card that explains each step', () => {
  const [first, awaiting] = [read(), write({ status: 'awaiting_approval' })]
  const strip = stripState({ calls: [first, awaiting], runState: 'waiting' })
  expect(strip?.steps.map(({ callId }) => callId)).toEqual([
    first.call_id,
    awaiting.call_id,
    awaiting.call_id,
    undefined,
  ])
  expect(strip?.current).toBe('approve')
})

describe('of real runs', () => {
  const stripsOf = ({ messages, run }: ConversationView) =>
    messages.map((message, index) => {
      if (message.type === 'user') return undefined
      const calls = message.segments.flatMap((it) => (it.kind === 'tool' ? [it.call] : []))
      return stripState({ calls, runState: index === messages.length - 1 ? run?.state : undefined })?.steps.map(
        ({ name, state, text, detail }) => ({ name, state, text, detail }),
      )
    })

  it.each(recordedRuns.map((scenario) => [scenario.name, scenario] as const))(
    '%s: the same live and read',
    (_, scenario) => {
      const [first] = scenario.runs
      const before = first?.snapshots[0]?.messages ?? []
      const own = before.findLastIndex((message) => message.type === 'user' && message.content === first?.userMessage)
      const opened = viewOf({ messages: own < 0 ? before : before.slice(0, own) }, { now: 1 })
      const live = scenario.runs.reduce((view, run) => played(view, run), opened)
      const isLoose = live.run?.state === 'stopped' && JSON.stringify(live).includes('"status":"pending"')
      if (isLoose) return
      expect(stripsOf(live)).toEqual(stripsOf(viewOf(scenario.last, { now: 1 })))
    },
  )

  it('a stale write asks again, then is as approved', () => {
    const scenario = recordedRun('stale, and approved again')
    const seen: string[] = []
    let view = viewOf({ messages: [] }, { now: 1 })
    for (const run of scenario.runs) {
      for (let at = 0; at < run.events.length; at++) {
        view = played(view, run, { from: at, to: at + 1 })
        const now = stripsOf(view)
          .at(-1)
          ?.map(({ state }) => state)
          .join(' ')
        if (now !== undefined && now !== seen.at(-1)) seen.push(now)
      }
    }
    expect(seen).toEqual([
      'done waiting waiting waiting',
      'done active waiting waiting',
      'done done waiting waiting',
      'done done active waiting',
      'done active waiting waiting',
      'done done waiting waiting',
      'done done active waiting',
      'done done done active',
      'done done done done',
    ])
  })
})
