import { describe, expect, it } from 'vitest'
import { type Action, actions, may, type Person } from './may.ts'

const member: Person = { role: 'member', grants: [], view_only: false }
const people: Record<string, Person> = {
  viewer: { ...member, view_only: true },
  member,
  approver: { ...member, grants: ['approve'] },
  auditor: { ...member, grants: ['audit'] },
  admin: { ...member, role: 'admin' },
}
const everybody = Object.keys(people)

describe('each role may what the table of roles says', () => {
  it.each<[Action, string[]]>([
    ['ask', everybody],
    ['propose-changes', ['member', 'approver', 'auditor', 'admin']],
    ['decide-own-calls', ['member', 'approver', 'auditor', 'admin']],
    ['decide-others-calls', ['approver', 'admin']],
    ['see-approvals', ['member', 'approver', 'auditor', 'admin']],
    ['see-all-audit', ['auditor', 'admin']],
    ['see-all-analytics', ['admin']],
    ['manage-integrations', ['admin']],
    ['manage-team', ['admin']],
    ['administer', ['admin']],
  ])('%s', (action, allowed) => {
    expect(everybody.filter((name) => may(people[name] ?? member, action))).toEqual(allowed)
  })

  it('every action has its row', () => {
    expect(actions).toHaveLength(10)
  })
})

it('a viewer who may approve sees what waits, and proposes nothing', () => {
  const person: Person = { ...member, view_only: true, grants: ['approve'] }
  expect([may(person, 'see-approvals'), may(person, 'decide-others-calls'), may(person, 'propose-changes')]).toEqual([
    true,
    true,
    false,
  ])
})

it('an admin who proposes nothing sees what waits', () => {
  expect(may({ role: 'admin', view_only: true }, 'see-approvals')).toBe(true)
})

it('a server that leaves the flags out, or writes roles in capitals, is read all the same', () => {
  expect(may({ role: 'Admin' }, 'administer')).toBe(true)
  expect(may({ role: 'Member' }, 'administer')).toBe(false)
  expect(may({ role: 'Member' }, 'propose-changes')).toBe(true)
  expect(may({ role: 'Member' }, 'decide-others-calls')).toBe(false)
})
