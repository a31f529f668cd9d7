import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { applyEvent } from '@fairlead/client/conversation/apply-event'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import { callsOf, findCall } from '@fairlead/client/conversation/selectors'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { expect, test } from 'vitest'
import { scaling } from '../call/waiting-call.fixture.ts'
import { waitingFromCall } from '../call/waiting-call.ts'
import { createTerminal, type TerminalStreams } from '../terminal/terminal.ts'
import { createRunPrinter } from './run-printer.ts'

const read = { call_id: 'r1', tool: 'k8s_get', title: 'Get', args: { namespace: 'shop' }, class: 'read' }
const write = { call_id: 'w1', tool: 'k8s_scale', title: 'Scale', args: { replicas: 5 }, class: 'write' }
const { effect } = scaling()
const ref = { cluster: 'staging', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }
const awaiting = (own: object = {}) => ({
  type: 'tool.awaiting_approval',
  ...write,
  effect,
  args_digest: 'a'.repeat(64),
  effect_digest: 'e'.repeat(64),
  revision: 1,
  ...own,
})

/** What a run has written: the model's words, and what is told of it. */
async function printed(...events: { type: string; [field: string]: unknown }[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const streams = { stdin: new PassThrough(), stdout, stderr } as unknown as TerminalStreams
  const printer = createRunPrinter(createTerminal(streams, {}))
  let view = emptyView()
  for (const own of events) {
    const event = { run_id: 'r', conversation_id: 'c', timestamp: 0, ...own } as RunEvent
    view = applyEvent(view, event, { id: undefined, now: 0 })
    printer.print(event, view)
  }
  stdout.end()
  stderr.end()
  const waiting = callsOf(view).filter(({ status }) => status === 'awaiting_approval')
  return {
    view,
    waiting: waiting.map((call) => waitingFromCall(call, 'c')),
    said: await readAll(stdout),
    notes: await readAll(stderr),
  }
}

const pending = { type: 'tools.pending', tools: [read, write] }
const executing = { type: 'tool.executing', ...write, timestamp: 1000 }

test('words and deeds go apart, a read takes one line', async () => {
  const { said, notes } = await printed(
    { type: 'generation.start' },
    { type: 'token', text: 'Let me ' },
    { type: 'token', text: 'look.' },
    { type: 'generation.complete', content: 'Let me look.' },
    pending,
    { type: 'tool.executing', ...read, timestamp: 1000 },
    { type: 'tool.result', ...read, timestamp: 2500, result: [{ type: 'text', text: 'web' }], outcome: 'succeeded' },
  )
  expect(said).toBe('Let me look.\n')
  expect(notes).toBe('  read  Get namespace=shop 1.5s\n')
})

test.each<[string, { type: string; [field: string]: unknown }[], string]>([
  [
    'a change that is done and as approved',
    [
      executing,
      { type: 'tool.result', ...write, timestamp: 1200, outcome: 'succeeded' },
      { type: 'tool.verified', call_id: 'w1', verdict: 'as_approved', objects: [], waited_ms: 5 },
    ],
    'Executing: scale Deployment shop/web 2 -> 5\nDone: scale Deployment shop/web 2 -> 5 200ms\nVerified: the cluster is as approved.\n',
  ],
  [
    'one that differs',
    [
      {
        type: 'tool.verified',
        call_id: 'w1',
        verdict: 'differs',
        waited_ms: 5,
        objects: [{ ref, verdict: 'differs', differences: [{ path: '/spec/replicas', approved: 5, actual: 3 }] }],
      },
    ],
    'Verified: the cluster differs from what was approved.\n  Deployment shop/web /spec/replicas: approved 5, actual 3\n',
  ],
  [
    'one whose outcome nobody knows',
    [executing, { type: 'tool.error', ...write, error: 'the answer was lost', outcome: 'unknown' }],
    'Executing: scale Deployment shop/web 2 -> 5\nOutcome unknown: scale Deployment shop/web 2 -> 5\n' +
      'This change may or may not have taken effect. It was not sent again.\n  the answer was lost\n',
  ],
  [
    'one that failed in part',
    [
      {
        type: 'tool.error',
        ...write,
        error: 'conflict',
        outcome: 'failed',
        recovered: true,
        objects: [{ ref, outcome: 'failed', error: 'conflict' }],
      },
    ],
    'Failed: scale Deployment shop/web 2 -> 5: conflict\n  The engine was interrupted here; the cluster was read back.\n' +
      '  Deployment shop/web: failed, conflict\n',
  ],
  [
    'a denial by a person',
    [{ type: 'tool.denied', ...write, reason: 'not now', decided_by: 'bob@example.com' }],
    'Denied by bob@example.com: not now.\n',
  ],
  [
    'one by a policy',
    [{ type: 'tool.denied', ...write, reason: 'frozen', policies: ['freeze'] }],
    'Denied by freeze: frozen.\n',
  ],
  ['an expiry', [{ type: 'tool.denied', ...write, reason: 'expired' }], 'Expired: nobody decided in time.'],
  [
    'a vote',
    [{ type: 'approval.vote', call_id: 'w1', given: 1, required: 2, by: 'bob@example.com' }],
    '1 of 2 approvals',
  ],
  [
    'a stop while it is under way',
    [executing, { type: 'completed', status: 'stopped' }],
    'Executing: scale Deployment shop/web 2 -> 5\nStopped.\nscale Deployment shop/web 2 -> 5: this change was already sent',
  ],
])('%s is told', async (_, events, notes) => {
  expect((await printed(pending, awaiting(), ...events)).notes).toMatch(new RegExp(`^${escaped(notes)}`))
})

test('live output comes line by line, a repeated piece once, stderr marked, colours and escapes without force', async () => {
  const progress = (seq: number, text: string, stream = 'stdout') => ({
    type: 'tool.progress',
    call_id: 'w1',
    seq,
    stream,
    text,
  })
  const { notes } = await printed(
    pending,
    progress(1, '\u001b[31mone\u001b[0m\ntw'),
    progress(1, '\u001b[31mone\u001b[0m\ntw'),
    progress(2, 'o\nrest'),
    progress(3, 'oh\u001b[2J\n', 'stderr'),
    progress(4, 'half way', 'status'),
    { type: 'tool.result', ...write, outcome: 'succeeded' },
  )
  expect(notes).toBe('  | one\n  | two\n  ! oh<U+001B>[2J\n  … half way\n  | rest\nDone: Scale\n')
})

test('a failure is told once, whichever of its events come', async () => {
  const { notes } = await printed(
    { type: 'workflow.error', error: 'The model provider refused the request (401).' },
    { type: 'completed', status: 'error' },
    { type: 'workflow_error', error: 'The model provider refused the request (401).' },
  )
  expect(notes).toBe('The run failed: The model provider refused the request (401).\n')
})

test('an answer that begins again says so; pieces that never came are in the whole', async () => {
  const { said, notes } = await printed(
    { type: 'generation.start' },
    { type: 'token', text: 'Half' },
    { type: 'generation.start' },
    { type: 'generation.complete', content: 'Whole.' },
  )
  expect(said).toBe('Half\nWhole.\n')
  expect(notes).toBe('The answer was interrupted; it begins again.\n')
})

test('what waits is kept by events alone, and what was read before its effect changed', async () => {
  const approval = awaiting()
  const newer = { ...scaling({ effect: { summary: 'scale Deployment shop/web 4 -> 5' } }).effect }
  const { view, waiting } = await printed(
    pending,
    approval,
    { type: 'tool.approved', ...write, decided_by: 'ada@example.com' },
    { type: 'tool.stale', ...write, reason: 'It has changed.', revision: 1 },
    awaiting({ effect: newer, effect_digest: 'f'.repeat(64), revision: 2 }),
  )
  expect(waiting).toMatchObject([{ callId: 'w1', revision: 2, effect: newer }])
  expect(findCall(view, 'w1')?.before?.effect).toEqual(effect)
  const over = await printed(pending, approval, { type: 'tool.denied', ...write, reason: 'superseded' })
  expect(over.waiting).toEqual([])
})

test('events of a server that leaves much out are printed all the same', async () => {
  const bare = { call_id: 'w1', tool: 'x' }
  const request = [
    { type: 'tools.pending', tools: [{ ...bare, args: null, requires_approval: true }] },
    { type: 'tool.awaiting_approval', ...bare },
  ]
  expect((await printed(...request)).waiting).toMatchObject([{ effect: undefined, argsDigest: undefined, revision: 1 }])
  const { notes } = await printed(
    ...request,
    { type: 'tool.progress', call_id: 'w1', message: 'so far' },
    { type: 'tool.error', ...bare, error: 'no' },
    { type: 'something.new' },
  )
  expect(notes).toBe('  … so far\nFailed: x: no\n')
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
