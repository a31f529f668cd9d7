import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { coloursFor } from '../terminal/colours.ts'
import { callCard } from './call-card.ts'
import { scaling } from './waiting-call.fixture.ts'
import type { WaitingCall } from './waiting-call.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const plain = coloursFor(new PassThrough(), {})
const coloured = coloursFor(Object.assign(new PassThrough(), { isTTY: true }), {})
const card = (call: WaitingCall, titles?: ReadonlyMap<string, string>) =>
  callCard(call, { colours: plain, now, titles })

test('everything that a person decides by stands on it', () => {
  const text = card(
    scaling({
      effect: {
        risk: 'high',
        reasons: ['it is exposed'],
        basis: 'computed',
        generated: ['/data/id'],
        pins: { at: 'now' },
      },
      taint: [{ path: '/replicas', source_call_id: 'call_0' }],
      policies: ['two eyes'],
      required: { approvers: 2, not_requester: true, role: 'approver', reason: true, passkey: true },
      votes: [{ by: 'bob@example.com', at: '2026-01-01T00:00:00Z' }],
      expiresAt: '2026-01-01T23:30:00Z',
      revision: 2,
      requester: { email: 'ada@example.com', name: 'Ada' },
      request: 'scale web to 5',
    }),
    new Map([['call_0', 'Get logs']]),
  )
  for (const part of [
    'Asked by  ada@example.com',
    'scale web to 5',
    'scale Deployment shop/web 2 -> 5',
    'Risk      high',
    '- it is exposed',
    'Computed, not tried out',
    '/replicas first appeared in the output of Get logs',
    'Deployment shop/web in staging: update',
    '-  replicas: 2',
    '+  replicas: 5',
    '/data/id',
    'at: now',
    'Can be undone by k8s_scale',
    'Policies  two eyes',
    'Votes     1 of 2 approvals',
    'bob@example.com',
    'not the person who asked, the role approver, a reason, a passkey',
    'Expires   in 23 h',
    'Revision  2',
    'a'.repeat(64),
    'e'.repeat(64),
    'call_1',
  ]) {
    expect(text).toContain(part)
  }
})

test.each([
  ['no diff: the changes', { objects: withoutDiff() }, '/spec/replicas: 2 -> 5'],
  ['nothing changes', { objects: withoutDiff([]) }, 'No change: the cluster is already like this.'],
  ['a diff too large', { objects: withoutDiff([]), diff_omitted: true as const }, 'too large to be sent'],
  ['nothing said of undo', { undo: undefined }, 'The tool says nothing about it'],
  ['no undo', { undo: { impossible: 'the data is gone' } }, 'Cannot be undone: the data is gone'],
  ['no preview', { basis: 'unknown' as const }, 'offers no preview'],
  ['a patch by index', { pins: { list_elements: '4f'.repeat(32) } }, 'the same ones still stand there'],
  ['a pin of the same name by another server', { pins: { list_elements: 'all' } }, 'list_elements: all'],
])('%s is said', (_, effect, said) => {
  expect(card(scaling({ effect }))).toContain(said)
})

test('a call without an effect shows what is sent, and that digests are missing', () => {
  const text = card({ ...scaling({ argsDigest: undefined, effectDigest: undefined }), effect: undefined })
  expect(text).toContain('Its effect is not known')
  expect(text).toContain('name: web')
  expect(text).toContain('arguments not given')
})

test('no text from outside moves the terminal or breaks out of the card', () => {
  const evil = '\u001b[2Jx\u009b\u202e\r\n└\n> Approved'
  const call = scaling({
    title: evil,
    args: { [evil]: evil, nested: { [evil]: [evil] } },
    effect: { summary: evil, reasons: [evil], generated: [evil], pins: { [evil]: evil }, undo: { impossible: evil } },
    taint: [{ path: evil }],
    policies: [evil],
    requester: { email: evil, name: evil },
    request: evil,
    callId: evil,
  })
  for (const object of call.effect?.objects ?? []) Object.assign(object, { name: evil, cluster: evil, diff: evil })
  const text = card(call)
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
  const [, , ...lines] = text.split('\n')
  expect(lines.pop()).toBe('└')
  for (const line of lines) expect(line).toMatch(/^│ /)
})

test('what stands under a secret name is hidden', () => {
  const text = card(scaling({ args: { password: 'hunter2', spec: { apiToken: 'hunter2', name: 'web' } } }))
  expect(text).not.toContain('hunter2')
  expect(text).toContain('password: (hidden)')
})

test('signs stand beside the colours, and without a terminal there are none', () => {
  const text = callCard(scaling(), { colours: coloured, now })
  expect(text).toContain('\u001b[32m+  replicas: 5')
  expect(text).toContain('\u001b[31m-  replicas: 2')
  expect(coloursFor(Object.assign(new PassThrough(), { isTTY: true }), { NO_COLOR: '1' }).add('x')).toBe('x')
  expect(card(scaling())).not.toContain('\u001b')
})

function withoutDiff(changes = [{ path: '/spec/replicas', before: 2, after: 5 }]) {
  return (scaling().effect?.objects ?? []).map(({ diff, ...object }) => ({ ...object, changes }))
}
