import { callView, effectOf } from '@fairlead/client/conversation/call-view.fixture'
import { isUndecided } from '@fairlead/client/decision/decide-right'
import { createElement } from 'react'
import { expect, test } from 'vitest'
import { ConversationsProvider } from '../conversation/conversations-provider.tsx'
import { BusyCard } from './busy-card.tsx'
import { CallCard } from './call-card.tsx'
import type { CallCardProps } from './call-card-props.ts'
import { EndedCard } from './ended-card.tsx'
import { isOnItsWay } from './is-on-its-way.ts'
import { loadedMarkupOf, markupOf, textOf } from './page-text.fixture.ts'

const viewer = { email: 'dev@example.com', person: { role: 'member', grants: [], view_only: false }, isOwner: true }
const within = (parts: Parameters<typeof callView>[0], more: Partial<CallCardProps> = {}) => {
  const call = callView(parts)
  // What is decided comes late: here it is drawn as it is once it has come.
  const isRead = call.class !== 'write' && !call.requires_approval
  const Card = isRead || isUndecided(call) ? CallCard : isOnItsWay(call) ? BusyCard : EndedCard
  return { me: viewer, children: createElement(Card, { call, viewer, onDecide: () => {}, ...more }) }
}
const card = (...args: Parameters<typeof within>) => markupOf(ConversationsProvider, within(...args))
const loadedCard = (...args: Parameters<typeof within>) => loadedMarkupOf(ConversationsProvider, within(...args))
const buttons = (markup: string) => [...markup.matchAll(/<button[^>]*>.*?<\/button>/gs)].map(([button]) => button)
const button = (markup: string, name: string) => buttons(markup).find((it) => textOf(it) === name)

test('a call that waits offers both decisions, and they are inert at first', () => {
  const markup = card({})
  for (const name of ['Approve change', 'Deny']) expect(button(markup, name)).toContain('aria-disabled="true"')
  expect(markup).not.toContain('autofocus')
  expect(textOf(markup)).toContain('Awaiting approval')
  expect(textOf(markup)).toContain('4f1c0a9e4f1c')
  expect(textOf(markup)).toContain('b07d31ceb07d')
})

test('who may not decide has no button, and reads who may', () => {
  const required = { approvers: 1, not_requester: true, reason: false, passkey: false }
  const markup = card({ required }, { onWithdraw: () => {} })
  expect(button(markup, 'Approve change')).toBeUndefined()
  expect(button(markup, 'Deny')).toBeUndefined()
  expect(button(markup, 'Withdraw call')).toBeDefined()
  expect(textOf(markup)).toContain('Waits for another approver: you asked for this change.')
})

test('a call that takes a passkey can be denied, and says why it cannot be approved', () => {
  const markup = card({ required: { approvers: 1, not_requester: false, reason: false, passkey: true } })
  expect(button(markup, 'Approve change')).toBeUndefined()
  expect(button(markup, 'Deny')).toBeDefined()
  expect(textOf(markup)).toContain('takes a passkey')
})

const mask = { object: 0, path: '/data/x', side: 'after' as const, at: 0, bytes: 40, executable: true }

test('what would run and is hidden cannot be approved before it was shown; it can be denied', () => {
  const markup = card({ effect: effectOf({ masks: [mask] }) })
  expect(textOf(markup)).toContain('Text that would run is hidden: it can be approved once it was shown.')
  expect(button(markup, 'Show what would be written')).toBeDefined()
  expect(button(markup, 'Approve change')).toMatch(/aria-describedby="[^"]+-why"/)
  expect(button(markup, 'Deny')).toBeDefined()
  const harmless = card({ effect: effectOf({ masks: [{ ...mask, executable: false }] }) })
  expect(textOf(harmless)).not.toContain('can be approved once it was shown')
  expect(button(harmless, 'Show what would be written')).toBeDefined()
})

test('a decision on its way shows which, and holds both buttons', () => {
  const decision = { approve: true, reason: undefined, revision: 1, state: 'sending', refusal: undefined } as const
  const markup = card({}, { decision })
  expect(button(markup, 'Approve change')).toContain('aria-busy="true"')
  expect(button(markup, 'Deny')).not.toContain('aria-busy')
})

test('a refusal stands in the card; one that is final takes the buttons away', () => {
  const refusal = {
    text: 'ops@example.com has denied this call.',
    status: 409,
    code: undefined,
    detail: 'no',
    isChanged: false,
    decided: undefined,
    current: undefined,
    mayDecideAgain: true,
    requestId: undefined,
  }
  const refused = { approve: true, reason: undefined, revision: 1, state: 'refused', refusal } as const
  expect(textOf(card({}, { decision: refused }))).toContain(refusal.text)
  expect(button(card({}, { decision: refused }), 'Approve change')).toBeDefined()
  const final = card({}, { decision: { ...refused, refusal: { ...refusal, mayDecideAgain: false } } })
  expect(textOf(final)).toContain(refusal.text)
  expect(button(final, 'Approve change')).toBeUndefined()
  const demanding = { ...refused, refusal: { ...refusal, code: 'REASON_REQUIRED' } }
  expect(textOf(card({}, { decision: demanding }))).toContain('Approving this call takes a reason.')
  // The engine wants what is hidden to be shown, whatever the masks say.
  const unmasking = { ...refused, refusal: { ...refusal, code: 'UNMASK_FIRST' } }
  const wanting = card({ effect: effectOf({ masks: [] }) }, { decision: unmasking })
  expect(textOf(wanting)).toContain('it can be approved once it was shown.')
  expect(button(wanting, 'Show what would be written')).toBeDefined()
})

test('nothing but a waiting call can be decided, however it ended', () => {
  for (const status of [
    'approved',
    'executing',
    'completed',
    'error',
    'denied',
    'cancelled',
    'expired',
    'unknown',
  ] as const) {
    const markup = card({ status }, { onUndo: () => {}, onAskToCheck: () => {} })
    expect(button(markup, 'Approve change')).toBeUndefined()
    expect(button(markup, 'Deny')).toBeUndefined()
  }
})

test('what ended folds into one line, with undo only where there is one to ask for', () => {
  const done = { status: 'completed', decided_by: viewer.email } as const
  const verdict = { verdict: 'as_approved', waited_ms: 0, objects: [] } as const
  const markup = card({ ...done, verdict: verdict as never }, { onUndo: () => {} })
  expect(markup).toContain('aria-expanded="false"')
  expect(textOf(markup)).toContain('scale Deployment shop/web 3 -> 5 approved by you')
  expect(textOf(markup)).toContain('As approved')
  expect(button(markup, 'Undo')).toBeDefined()
  expect(button(card(done), 'Undo')).toBeUndefined()
  const impossible = card({ ...done, effect: effectOf({ undo: { impossible: 'gone' } }) }, { onUndo: () => {} })
  expect(button(impossible, 'Undo')).toBeUndefined()
  const others = card(done, { onUndo: () => {}, viewer: { ...viewer, isOwner: false } })
  expect(button(others, 'Undo')).toBeUndefined()
})

test.each([
  ['superseded', 'a later message took its place'],
  ['stopped', 'stopped before it started'],
  ['budget "team" is used up', 'budget "team" is used up'],
  [undefined, 'stopped before it started'],
])('a call that was cancelled as %s says why, offers nothing, and keeps what it would have done', (reason, why) => {
  const markup = card({ status: 'cancelled', reason }, { onUndo: () => {}, onAskToCheck: () => {} })
  expect(textOf(markup)).toContain(`scale Deployment shop/web 3 -> 5 cancelled: ${why}; nothing was done`)
  expect(buttons(markup)).toHaveLength(1)
  expect(buttons(markup)[0]).toContain('aria-expanded="false"')
})

test('a verdict that differs shows path, approved and actual', async () => {
  const ref = { cluster: 'c', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
  const differences = [{ path: '/spec/replicas', approved: 5, actual: 2 }]
  const verdict = { verdict: 'differs', waited_ms: 9_000, objects: [{ ref, verdict: 'differs', differences }] } as const
  const screen = textOf(await loadedCard({ status: 'completed', verdict: verdict as never }))
  for (const text of ['Differs from what was approved', 'Approved', 'Actual', 'spec.replicas', '5', '2']) {
    expect(screen).toContain(text)
  }
})

test('an unknown outcome is said, with a way to look', async () => {
  const markup = await loadedCard(
    { status: 'unknown', outcome: 'unknown', error: 'read: 3 replicas' },
    { onAskToCheck: () => {} },
  )
  expect(textOf(markup)).toContain('This change may or may not have taken effect. It was not sent again.')
  expect(textOf(markup)).toContain('read: 3 replicas')
  expect(button(markup, 'Ask to check')).toBeDefined()
})

test('a read is one line: what, on what, what came of it, how long', async () => {
  const read = {
    class: 'read',
    requires_approval: false,
    status: 'completed',
    title: 'Logs',
    args: { pod_name: 'web-1' },
    result: [{ type: 'text', text: 'a\nb' }],
    started_at: '2026-11-21T10:00:00.000Z',
    ended_at: '2026-11-21T10:00:00.009Z',
  } as const
  const screen = textOf(await loadedCard(read as never))
  for (const text of ['Logs', 'web-1', '2 lines', '9ms']) expect(screen).toContain(text)
})

test('arguments and results of any form do not break a card', async () => {
  for (const args of [null, undefined, [], 'text', 7]) {
    for (const status of ['pending', 'awaiting_approval', 'completed', 'executing'] as const) {
      const parts = { args: args as never, status, effect: undefined, result: null as never }
      expect(await loadedCard(parts)).toContain('call-call-1')
      expect(await loadedCard({ ...parts, class: 'read', requires_approval: false })).toContain('call-call-1')
    }
  }
})
