import { callStatus } from '@fairlead/contract/call/call'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CallFacts } from './call.ts'
import { rulingOn } from './gate.ts'

const aCall = (overrides: Partial<CallFacts> = {}): CallFacts => ({
  call_id: 'call_1',
  tool: 'k8s_scale',
  class: 'write',
  status: 'pending',
  ...overrides,
})

it.each<[string, Partial<CallFacts>, string]>([
  ['a read runs at once', { class: 'read' }, 'run'],
  ['a read that an engine left under way runs again', { class: 'read', status: 'executing' }, 'run'],
  ['a write asks', {}, 'ask'],
  ['a write that waits still asks', { status: 'awaiting_approval' }, 'ask'],
  ['an approved write runs', { status: 'approved' }, 'run'],
  ['a write that was under way is looked into', { status: 'executing' }, 'recover'],
  ['a write that was begun and not verified is looked into', { status: 'completed', unverified: true }, 'recover'],
  ['a read is never looked into', { class: 'read', status: 'completed', unverified: true }, 'closed'],
  ['a denied call is closed', { status: 'denied' }, 'closed'],
  ['an expired call is closed', { status: 'expired' }, 'closed'],
  ['a call that is done is closed', { status: 'completed' }, 'closed'],
  ['a faulty call is refused, whatever its class', { class: 'read', fault: 'no such tool' }, 'refuse'],
  ['a faulty write asks nobody', { fault: 'no such tool' }, 'refuse'],
  ['a decision about a faulty call does not run it', { status: 'approved', fault: 'bad arguments' }, 'refuse'],
])('%s', (_, overrides, ruling) => {
  expect(rulingOn(aCall(overrides)).ruling).toBe(ruling)
})

it.each([
  ['denied', true],
  ['expired', true],
  ['completed', false],
  ['error', false],
  ['unknown', false],
  ['cancelled', false],
] as const)('a call that is %s is closed, denied: %j', (status, denied) => {
  expect(rulingOn(aCall({ status }))).toEqual({ ruling: 'closed', denied })
})

it('runs no write that a person has not approved', () => {
  fc.assert(
    fc.property(fc.constantFrom(...callStatus.options), fc.option(fc.string(), { nil: undefined }), (status, fault) => {
      const { ruling } = rulingOn(aCall({ status, ...(fault !== undefined && { fault }) }))
      return ruling !== 'run' || status === 'approved'
    }),
  )
})
