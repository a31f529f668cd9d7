import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { CommandError } from '../terminal/command-error.ts'
import { readRunEvent } from './read-run-event.ts'

export type RunEnd = {
  /** `unstarted`: the line broke before the server said that there is a run. `lost`: nobody has its events any more. */
  status: 'completed' | 'awaiting_approval' | 'stopped' | 'error' | 'unstarted' | 'lost'
}

export type FollowOptions = {
  api: Api
  /** The first stream: of a question, a decision, or a run that is there already. */
  open(signal: AbortSignal): Promise<AsyncGenerator<ServerEvent, void>>
  /** Where it is known before its first event. */
  runId?: string
  onEvent(event: RunEvent): void
  /** The line is down; it is tried again. */
  onBroken(): void
  /** How long a line may be silent, in milliseconds; a server sends something every quarter of a minute. */
  silenceMs?: number
  /** How long a line may be down before it is given up. */
  patienceMs?: number
}

const pausesMs = [500, 1000, 2000, 5000, 10_000]

/**
 * Reads a run to its end, over as many connections as it takes: a broken one is taken up again after the last event,
 * so nothing is missing and nothing comes twice. To stop reading does not stop the run.
 */
export async function followRun(options: FollowOptions): Promise<RunEnd> {
  const { api, silenceMs = 90_000, patienceMs = 120_000 } = options
  const position: Position = { runId: options.runId, lastId: undefined, end: undefined }
  let open = options.open
  let brokenSince: number | undefined
  for (let attempt = 0; ; attempt++) {
    try {
      for await (const event of untilSilent(open, silenceMs)) {
        brokenSince = undefined
        attempt = 0
        take(event, position, options.onEvent)
        if (position.end?.isLast) return { status: position.end.status }
      }
      if (position.end) return { status: position.end.status }
    } catch (error) {
      if (position.end) return { status: position.end.status }
      if (error instanceof ApiError && !isOfTheLine(error)) {
        if (error.status === 404 && attempt > 0) return { status: 'lost' }
        throw error
      }
      // A refusal to begin is the caller's to judge, whatever the reason; a line that breaks is not one.
      if (error instanceof ApiError && error.status !== 0 && position.runId === undefined) throw error
    }
    const { runId } = position
    if (runId === undefined) return { status: 'unstarted' }
    brokenSince ??= Date.now()
    if (Date.now() - brokenSince > patienceMs) {
      throw new CommandError('unreachable', 'The server cannot be reached any more. The run goes on without this line.')
    }
    options.onBroken()
    await sleep(pausesMs[Math.min(attempt, pausesMs.length - 1)])
    open = (signal) => {
      const headers: Record<string, string> =
        position.lastId === undefined ? {} : { 'last-event-id': String(position.lastId) }
      return api.stream('GET /agent/runs/:run_id/events', { params: { run_id: runId }, headers, signal })
    }
  }
}

type Position = {
  runId: string | undefined
  lastId: number | undefined
  end: { status: 'completed' | 'awaiting_approval' | 'stopped' | 'error'; isLast: boolean } | undefined
}

function take(received: ServerEvent, position: Position, onEvent: (event: RunEvent) => void): void {
  const event = readRunEvent(received)
  if (event === undefined) return
  if (position.runId !== undefined && event.run_id !== undefined && event.run_id !== position.runId) return
  const id = Number(received.id ?? Number.NaN)
  if (!Number.isNaN(id)) {
    if (position.lastId !== undefined && id <= position.lastId) return
    position.lastId = id
  }
  if (event.type === 'ready') position.runId = event.run_id
  // A pause for an approval is told apart by the second of the two; an error stays one whatever follows it.
  if (event.type === 'completed') position.end ??= { status: event.status, isLast: false }
  if (event.type === 'workflow.error') position.end ??= { status: 'error', isLast: false }
  if (event.type === 'workflow_complete') {
    position.end = { status: position.end?.status === 'error' ? 'error' : event.status, isLast: true }
  }
  if (event.type === 'workflow_error' || event.type === 'error') position.end = { status: 'error', isLast: true }
  onEvent(event)
}

/** A line that says nothing for so long is as good as broken. */
async function* untilSilent(open: FollowOptions['open'], silenceMs: number): AsyncGenerator<ServerEvent, void> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), silenceMs)
  try {
    for await (const event of await open(controller.signal)) {
      timer.refresh()
      yield event
    }
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}

/** The server may be back in a moment. */
function isOfTheLine({ status }: ApiError): boolean {
  return status === 0 || status === 429 || status >= 500
}
