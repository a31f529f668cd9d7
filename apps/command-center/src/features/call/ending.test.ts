import { callView, effectOf } from '@fairlead/client/conversation/call-view.fixture'
import type { Verification } from '@fairlead/contract/effect/effect'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { endingOf } from './ending.ts'

const at = new Date(2026, 10, 21, 10, 44)
vi.useFakeTimers({ now: at })
afterEach(() => vi.setSystemTime(at))
afterAll(() => void vi.useRealTimers())

const options = { email: 'dev@example.com', isChecking: false }
const approved = { decided_by: 'dev@example.com', decided_at: at.toISOString() }
const verdict: Verification = { verdict: 'as_approved', waited_ms: 4_200, objects: [] }

test('a write that has not ended has no ending', () => {
  for (const status of ['pending', 'awaiting_approval', 'approved', 'executing'] as const) {
    expect(endingOf(callView({ status }), options)).toBeUndefined()
  }
})

test('green only for what was checked', () => {
  const done = callView({ status: 'completed', ...approved })
  expect(endingOf(callView({ ...done, verdict }), options)).toEqual({
    tone: 'good',
    text: 'approved by you 10:44',
    verdict: { text: 'As approved after 4.2s', tone: 'good' },
  })
  expect(endingOf(done, options)?.verdict).toEqual({ text: 'Not verified', tone: 'doubt' })
  expect(endingOf(done, { ...options, isChecking: true })?.verdict?.text).toBe('Being read back')
  for (const basis of ['external', 'unknown'] as const) {
    const call = callView({ ...done, effect: effectOf({ basis }) })
    expect(endingOf(call, { ...options, isChecking: true })?.verdict?.text).toMatch(/^Cannot be verified/)
  }
  for (const kind of ['differs', 'not_yet', 'unreadable'] as const) {
    const ending = endingOf(callView({ ...done, verdict: { ...verdict, verdict: kind } }), options)
    expect(ending?.tone).not.toBe('good')
  }
})

test('a denial says who, when and why, or which rule', () => {
  const denied = callView({ status: 'denied', decided_by: 'ops@example.com', decided_at: at.toISOString() })
  expect(endingOf(denied, options)?.text).toBe('denied by ops@example.com 10:44')
  expect(endingOf({ ...denied, reason: 'not today' }, options)?.text).toContain('10:44: “not today”')
  const byRule = callView({ status: 'denied', policies: ['weekend freeze'], reason: 'no changes on weekends' })
  expect(endingOf(byRule, options)?.text).toBe('denied by policy weekend freeze: no changes on weekends')
})

test('what was not done is said', () => {
  const failed = callView({ status: 'error', error: 'Forbidden: no\nmore' })
  expect(endingOf(failed, options)?.text).toBe('failed: Forbidden: no, nothing was written')
  const ref = { cluster: '', apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }
  const objects = [
    { ref, outcome: 'succeeded' as const },
    { ref, outcome: 'failed' as const },
  ]
  const half = callView({ status: 'error', error: 'x', started_at: at.toISOString(), objects })
  expect(endingOf(half, options)?.text).toBe('failed: x, 1 of 2 succeeded')
  expect(endingOf(callView({ status: 'expired' }), options)?.text).toContain('nothing was done')
  expect(endingOf(callView({ status: 'cancelled', reason: 'superseded' }), options)?.text).toContain('a later message')
  expect(endingOf(callView({ status: 'unknown' }), options)?.text).toContain('may or may not have taken effect')
})

test('several approvers are all named', () => {
  const call = callView({ status: 'completed', decided_by: 'dev@example.com, ops@example.com' })
  expect(endingOf(call, options)?.text).toBe('approved by you and ops@example.com')
})
