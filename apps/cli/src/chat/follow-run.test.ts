import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { expect, test } from 'vitest'
import { followRun } from './follow-run.ts'

const event = (id: number, type: string, own: object = {}, run = 'r1'): ServerEvent => ({
  id: String(id),
  event: type,
  data: JSON.stringify({ type, run_id: run, ...own }),
})
const ready = event(1, 'ready')
const end = (id: number, status = 'completed') => [
  event(id, 'completed', { status: status === 'awaiting_approval' ? 'completed' : status }),
  event(id + 1, 'workflow_complete', { status }),
]

type Connection = (ServerEvent | Error | 'silence')[]

/** Each connection is a list; what is thrown in it breaks it. */
async function* streamOf(connection: Connection, signal: AbortSignal): AsyncGenerator<ServerEvent, void> {
  for (const one of connection) {
    if (one instanceof Error) throw one
    if (one !== 'silence') yield one
    else await new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
  }
}

function following(connections: Connection[], options: { silenceMs?: number } = {}) {
  const seen: string[] = []
  const lastEventIds: (string | undefined)[] = []
  const next = (signal: AbortSignal) => {
    const connection = connections.shift() ?? [new ApiError(404, { detail: 'Run not found' })]
    const [first] = connection
    if (first instanceof ApiError) return Promise.reject(first)
    return Promise.resolve(streamOf(connection, signal))
  }
  const api = {
    stream: (_: string, request: { headers: Record<string, string>; signal: AbortSignal }) => {
      lastEventIds.push(request.headers['last-event-id'])
      return next(request.signal)
    },
  } as unknown as Api
  const onEvent = (it: RunEvent) => seen.push(it.type === 'token' ? it.text : it.type)
  const ended = followRun({ api, from: { open: next }, onEvent, onBroken: () => seen.push('(broken)'), ...options })
  return { seen, lastEventIds, ended }
}

test('a broken line is taken up after the last event, and nothing comes twice', async () => {
  const { seen, lastEventIds, ended } = following([
    [ready, event(2, 'token', { text: 'a' }), new Error('reset')],
    [new ApiError(502, {})],
    [event(2, 'token', { text: 'a' }), event(3, 'token', { text: 'b' })],
    [event(4, 'token', { text: 'c' }), ...end(5)],
  ])
  expect(await ended).toEqual({ status: 'completed' })
  expect(lastEventIds).toEqual(['2', '2', '3'])
  expect(seen.join(' ')).toBe('ready a (broken) (broken) b (broken) c completed workflow_complete')
})

test('a line that says nothing is as good as broken', async () => {
  const { seen, ended } = following([[ready, 'silence'], [...end(2)]], { silenceMs: 30 })
  expect(await ended).toEqual({ status: 'completed' })
  expect(seen).toContain('(broken)')
})

test.each<[string, Connection, string]>([
  ['a pause', [ready, ...end(2, 'awaiting_approval')], 'awaiting_approval'],
  ['a stop', [ready, ...end(2, 'stopped')], 'stopped'],
  [
    'a failure',
    [ready, event(2, 'workflow.error', { error: 'x' }), event(3, 'completed', { status: 'error' })],
    'error',
  ],
  ['a failure that is called complete', [ready, event(2, 'workflow.error', { error: 'x' }), ...end(3)], 'error'],
  ['an end after the first of two', [ready, event(2, 'completed', { status: 'completed' })], 'completed'],
  [
    'a name without a type',
    [ready, { id: '2', event: 'workflow_error', data: '{"error":"x","status":"error"}' }],
    'error',
  ],
  ['a break after the end', [ready, event(2, 'completed', { status: 'stopped' }), new Error('reset')], 'stopped'],
  ['a break before it began', [new Error('reset')], 'unstarted'],
])('%s is told', async (_, connection, status) => {
  expect(await following([connection]).ended).toEqual({ status })
})

test('another run, heartbeats and what is no JSON are left out', async () => {
  const { seen, ended } = following([
    [
      ready,
      event(2, 'token', { text: 'x' }, 'r2'),
      { id: undefined, event: 'heartbeat', data: '{}' },
      { id: '3', event: 'token', data: '{' },
      ...end(4),
    ],
  ])
  await ended
  expect(seen).toEqual(['ready', 'completed', 'workflow_complete'])
})

test('a refusal to begin is the caller’s, and a run that nobody knows any more is lost', async () => {
  const refused = new ApiError(409, { detail: 'A run is already in progress', run_id: 'r9' })
  await expect(following([[refused]]).ended).rejects.toBe(refused)
  const { ended } = following([[ready, new Error('reset')]])
  expect(await ended).toEqual({ status: 'lost' })
})
