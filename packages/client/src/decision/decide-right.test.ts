import { expect, test } from 'vitest'
import { callView } from '../conversation/call-view.fixture.ts'
import { decideRight, type Viewer } from './decide-right.ts'

const member = { role: 'member', grants: [], view_only: false }
const owner: Viewer = { email: 'dev@example.com', person: member, isOwner: true }
const stranger: Viewer = { email: 'ops@example.com', person: member, isOwner: false }
const approver: Viewer = { ...stranger, person: { ...member, grants: ['approve'] } }
const admin: Viewer = { ...stranger, person: { ...member, role: 'admin' } }
const required = { approvers: 1, not_requester: false, reason: false, passkey: false }
const waiting = callView({ status: 'awaiting_approval', required })

test('the owner decides, others only where they are asked for', () => {
  expect(decideRight(waiting, owner)).toEqual({ canApprove: true, canDeny: true })
  for (const other of [stranger, approver, admin]) {
    expect(decideRight(waiting, other)).toMatchObject({ canApprove: false, why: expect.stringContaining('who asked') })
  }
  const two = callView({ ...waiting, required: { ...required, approvers: 2 } })
  expect(decideRight(two, approver).canApprove).toBe(true)
  expect(decideRight(two, admin).canApprove).toBe(true)
  expect(decideRight(two, stranger).canApprove).toBe(false)
})

test('who asked does not decide where another must, and reads why', () => {
  const call = callView({ ...waiting, required: { ...required, not_requester: true } })
  expect(decideRight(call, owner)).toEqual({
    canApprove: false,
    canDeny: false,
    why: 'Waits for another approver: you asked for this change.',
  })
  expect(decideRight(call, approver).canApprove).toBe(true)
})

test('a role that is asked for must be held', () => {
  const call = callView({ ...waiting, required: { ...required, role: 'admin' } })
  expect(decideRight(call, admin).canApprove).toBe(true)
  expect(decideRight(call, approver).why).toBe('Waits for an administrator.')
  const byApprover = callView({ ...waiting, required: { ...required, role: 'approver' } })
  expect(decideRight(byApprover, owner).why).toBe('Waits for an approver.')
})

test('one vote a person', () => {
  const votes = [{ by: owner.email, at: '2026-11-21T10:00:00Z' }]
  const call = callView({ ...waiting, required: { ...required, approvers: 2 }, votes })
  expect(decideRight(call, owner).why).toBe('1 of 2 approvals, yours is counted.')
  expect(decideRight(call, approver).canApprove).toBe(true)
})

test('a passkey cannot be given here, a denial needs none', () => {
  const call = callView({ ...waiting, required: { ...required, passkey: true } })
  expect(decideRight(call, owner)).toMatchObject({ canApprove: false, canDeny: true })
  expect(decideRight(call, owner).why).toContain('passkey')
})

test('who may only look decides nothing of their own', () => {
  const looking = { ...owner, person: { ...member, view_only: true } }
  expect(decideRight(waiting, looking)).toMatchObject({ canApprove: false, canDeny: false })
})

test('a call that does not wait offers nothing; one whose effect is to come says so', () => {
  for (const status of ['approved', 'executing', 'completed', 'denied', 'expired'] as const) {
    expect(decideRight(callView({ status }), owner)).toEqual({ canApprove: false, canDeny: false })
  }
  expect(decideRight(callView({ status: 'pending', class: 'read', requires_approval: false }), owner).why).toBe(
    undefined,
  )
  const coming = callView({ status: 'pending', effect: undefined })
  expect(decideRight(coming, owner).why).toContain('not known yet')
  expect(decideRight(callView({ status: 'pending' }), owner).canApprove).toBe(true)
})
