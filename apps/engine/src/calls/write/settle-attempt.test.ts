import { RunInterrupted } from '@fairlead/agent/abort'
import { newPosition } from '@fairlead/agent/position'
import { effectDigest } from '@fairlead/contract/json/digest'
import { describe, expect, test, vi } from 'vitest'
import type { CallRow } from '../../event-log/record/calls.ts'
import type { CallAnswer } from '../../mcp-client/call-answer.ts'
import type { ApprovalCause } from '../approval/request-approval-again.ts'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import { MAX_RENEWAL_MS } from '../attempt/retryable-refusal.ts'
import type { Ending } from '../end-call.ts'
import { LeaseLost } from '../lease-lost.ts'
import { createSettleAttempt } from './settle-attempt.ts'

const position = newPosition({ run_id: 'r', conversation_id: 'c', user_id: 'u', start_time: 0 })
const call = { call_id: 'c1', tool: 'k8s_scale', args: { replicas: 5 }, revision: 1 } as unknown as CallRow
const approved = {
  call,
  approval: { effect: { summary: 'Scale web 3 → 5', basis: 'server' } },
} as unknown as ApprovedCall

const effect = {
  summary: 'Scale web 4 → 5',
  risk: 'low' as const,
  reasons: [],
  basis: 'server' as const,
  objects: [],
  generated: [],
  pins: {},
}
const effect_digest = effectDigest({ tool: call.tool, args_digest: call.args_digest, effect })

type Structured = NonNullable<Extract<CallAnswer, { kind: 'answered' }>['structured']>

function answered(text: string, structured?: Partial<Structured>, isError = false): CallAnswer {
  return {
    kind: 'answered',
    blocks: [{ type: 'text', text }],
    text,
    isError,
    structured: structured as Structured | undefined,
  }
}

const beforeStart = (retryAt: number) =>
  answered('The grant is too old.', { data: { grant_error: 'before_start', retry_at: retryAt } }, true)

function setUp({
  now = () => 0,
  signal = new AbortController().signal,
}: {
  now?: () => number
  signal?: AbortSignal
} = {}) {
  const concluded: unknown[] = []
  const recovered: string[] = []
  const causes: ApprovalCause[] = []
  const endings: Ending[] = []
  const renewAttempt = vi.fn(async () => ({ token: 'second', until: 120_000, attemptId: 'a1' }))
  const settle = createSettleAttempt({
    endCall: async (ending) => {
      endings.push(ending)
      return true
    },
    conclude: async (_, { silent, objects }, end) => {
      concluded.push({ outcome: end.outcome, ...('error' in end && { error: end.error }), silent, objects })
      return 'done'
    },
    recover: async (_, __, why) => {
      recovered.push(why)
      return { end: 'done' }
    },
    renewAttempt,
    requestApprovalAgain: async (_, { cause }) => {
      causes.push(cause)
      return 'waiting'
    },
    now,
    signal,
    log: { error: () => {} },
  })
  const notices: string[] = []
  const progress = {
    onProgress: ({ text }: { text: string }) => notices.push(text),
    text: () => 'so far',
    mute: () => {},
  }
  const of = (
    answer: CallAnswer,
    more: { token?: string; mayResend?: boolean; silent?: boolean; deadline?: number } = {},
  ) =>
    settle(approved, {
      attemptId: 'a1',
      position,
      token: 'token' in more ? more.token : 'first',
      until: 60_000,
      mayResend: more.mayResend ?? true,
      silent: more.silent,
      deadline: more.deadline,
      answer,
      progress,
    })
  return { of, concluded, recovered, causes, endings, renewAttempt, notices }
}

describe('an answer', () => {
  test('that says it is done ends the call with the objects of the answer', async () => {
    const { of, concluded } = setUp()
    const objects = [
      { ref: { cluster: 'default', apiVersion: 'v1', kind: 'Pod', name: 'a' }, outcome: 'succeeded' as const },
    ]
    expect(await of(answered('scaled', { objects }))).toEqual({ end: 'done' })
    expect(concluded).toEqual([{ outcome: 'succeeded', silent: undefined, objects }])
  })

  test('that says it failed ends the call as failed, in its words', async () => {
    const { of, concluded } = setUp()
    await of(answered('forbidden', {}, true))
    expect(concluded).toMatchObject([{ outcome: 'failed', error: 'forbidden' }])
  })

  test.each([true, false])(
    'that does not know its outcome is looked for in the objects, trusted or not',
    async (trusted) => {
      const { of, recovered, concluded } = setUp()
      await of(answered('no answer from the API server', { outcome: 'unknown' }), trusted ? {} : { token: undefined })
      expect(recovered).toEqual(['no answer from the API server'])
      expect(concluded).toEqual([])
    },
  )

  test('that never came is looked for in the objects, one that was never sent has failed', async () => {
    const { of, recovered, concluded } = setUp()
    await of({ kind: 'timed-out', sent: true, sentence: 'No answer in time.' })
    await of({ kind: 'unreachable', sent: false, sentence: 'Nobody there.' })
    expect(recovered).toEqual(['No answer in time.'])
    expect(concluded).toMatchObject([{ outcome: 'failed', error: 'Nobody there.' }])
  })
})

describe('a stale answer', () => {
  const stale = answered('Stale: web has 4 replicas now\nmore', { outcome: 'stale', effect, effect_digest })

  test('with an effect asks again about that effect', async () => {
    const { of, causes } = setUp()
    expect(await of(stale)).toEqual({ end: 'waiting' })
    expect(causes).toMatchObject([
      { kind: 'effect-changed', stale: { attemptId: 'a1', progress: 'so far' }, now: { effect_digest } },
    ])
  })

  test.each([undefined, 'another'])('whose effect cannot be shown asks again about a new preview', async (digest) => {
    const { of, causes } = setUp()
    await of(answered('Stale: gone', { outcome: 'stale', ...(digest && { effect, effect_digest: digest }) }))
    expect(causes).toMatchObject([{ kind: 'effect-not-sent', stale: { text: 'Stale: gone' } }])
  })

  test('to a write that was sent once more is looked for in the objects: the first request may have changed them', async () => {
    const { of, causes, recovered } = setUp()
    await of(stale, { mayResend: false })
    expect(causes).toEqual([])
    expect(recovered).toHaveLength(1)
  })

  test('of a server that nobody vouches for is an answer like any other', async () => {
    const { of, causes, concluded } = setUp()
    await of(stale, { token: undefined })
    expect(causes).toEqual([])
    expect(concluded).toMatchObject([{ outcome: 'succeeded', objects: undefined }])
  })

  test('behind the end of the run asks nobody: the call has failed', async () => {
    const { of, causes, endings } = setUp()
    expect(await of(stale, { silent: true })).toEqual({ end: 'done' })
    expect(causes).toEqual([])
    expect(endings).toMatchObject([{ silent: true, end: { outcome: 'failed' }, audit: { data: { outcome: 'stale' } } }])
  })
})

describe('a grant that was not taken', () => {
  test('is renewed for the same attempt, with a limit that stays', async () => {
    const { of } = setUp()
    const settled = await of(beforeStart(0))
    expect(settled).toMatchObject({
      sendNext: { attemptId: 'a1', token: 'second', until: 120_000, deadline: MAX_RENEWAL_MS },
    })
    const again = await of({ kind: 'late', sent: false, sentence: 'Too late.' }, { deadline: 77 })
    expect(again).toMatchObject({ sendNext: { deadline: 77 } })
  })

  test('waits, and says so, until the server takes one', async () => {
    let time = 0
    const { of, notices, renewAttempt } = setUp({ now: () => (time += 250) })
    expect(await of(beforeStart(1))).toMatchObject({ sendNext: { token: 'second' } })
    expect(notices).toHaveLength(1)
    expect(renewAttempt).toHaveBeenCalledOnce()
  })

  test('is not renewed past its deadline, nor behind the end of the run', async () => {
    const { of, concluded, renewAttempt } = setUp({ now: () => 100 })
    await of(beforeStart(0), { deadline: 99 })
    await of(beforeStart(MAX_RENEWAL_MS / 1000 + 1))
    await of(beforeStart(0), { silent: true })
    expect(concluded).toHaveLength(3)
    expect(concluded).toMatchObject([{ outcome: 'failed', error: 'The grant is too old.' }, {}, { silent: true }])
    expect(renewAttempt).not.toHaveBeenCalled()
  })

  test('is not renewed once a person has stopped the run: nothing was written', async () => {
    const { of, concluded, renewAttempt } = setUp({ signal: AbortSignal.abort('stopped-by-person') })
    expect(await of(beforeStart(0))).toEqual({ end: 'stopped' })
    expect(concluded).toMatchObject([{ outcome: 'failed', silent: true }])
    expect(renewAttempt).not.toHaveBeenCalled()
  })

  test('ends silently with an engine that goes down', async () => {
    const { of, concluded } = setUp({ signal: AbortSignal.abort('shutting-down') })
    await expect(of(beforeStart(0))).rejects.toThrow(RunInterrupted)
    expect(concluded).toEqual([])
  })

  test('whose successor cannot be recorded sends nothing; a lost lease ends the work', async () => {
    const { of, concluded, renewAttempt } = setUp()
    renewAttempt.mockRejectedValueOnce(new Error('disk full'))
    expect(await of(beforeStart(0))).toEqual({ end: 'done' })
    expect(concluded).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('could not be recorded') }])
    renewAttempt.mockRejectedValueOnce(new LeaseLost('held by another'))
    await expect(of(beforeStart(0))).rejects.toThrow(LeaseLost)
  })

  test('of a server that nobody vouches for is a failure like any other', async () => {
    const { of, concluded, renewAttempt } = setUp()
    await of(beforeStart(0), { token: undefined })
    expect(concluded).toMatchObject([{ outcome: 'failed' }])
    expect(renewAttempt).not.toHaveBeenCalled()
  })
})
