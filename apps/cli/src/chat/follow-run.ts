import { beginRun } from '@fairlead/client/run/begin-run'
import { createFollower } from '@fairlead/client/run/follow-run'
import { readRunEvent } from '@fairlead/client/run/read-run-event'
import type { OpenStream } from '@fairlead/client/run/read-stream'
import { realClock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { CommandError } from '../terminal/command-error.ts'

export type RunEnd = {
  /** `unstarted`: the line broke before the server said that there is a run. `lost`: nobody has its events any more. */
  status: 'completed' | 'awaiting_approval' | 'stopped' | 'error' | 'unstarted' | 'lost'
}

export type FollowOptions = {
  api: Api
  /** The answer to a message or a decision, whose run is not known before its first event; or a run that is known. */
  from: { open(signal: AbortSignal): Promise<AsyncGenerator<ServerEvent, void>> } | { runId: string }
  onEvent(event: RunEvent): void
  /** The line is down; it is tried again. */
  onBroken(): void
  /** How long a line may be silent, in milliseconds; a server sends something every quarter of a minute. */
  silenceMs?: number
  /** How long a line may be down before it is given up, in milliseconds. */
  patienceMs?: number
}

/**
 * Reads a run to its end, over as many connections as it takes: a broken one is taken up again after the last event,
 * so nothing is missing and nothing comes twice. To stop reading does not stop the run.
 */
export async function followRun({ from, ...options }: FollowOptions): Promise<RunEnd> {
  if ('runId' in from) return await follow(from.runId, undefined, options)
  const begun = await begin(from.open, options.silenceMs)
  return begun === undefined ? { status: 'unstarted' } : await follow(begun.runId, begun, options)
}

const SILENCE_MS = 90_000
const PATIENCE_MS = 120_000

type Begun = OpenStream & { runId: string }

/** A refusal to begin is the caller's to judge; a line that breaks is none. */
async function begin(
  open: (signal: AbortSignal) => Promise<AsyncGenerator<ServerEvent, void>>,
  silenceMs = SILENCE_MS,
): Promise<Begun | undefined> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), silenceMs)
  try {
    const begun = await beginRun(await open(abort.signal))
    return begun && { ...begun, abort }
  } catch (error) {
    if (error instanceof ApiError && error.status !== 0) throw error
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

function follow(
  runId: string,
  stream: OpenStream | undefined,
  { api, onEvent, onBroken, silenceMs = SILENCE_MS, patienceMs = PATIENCE_MS }: Omit<FollowOptions, 'from'>,
): Promise<RunEnd> {
  const position: Position = { runId, lastId: undefined, end: undefined }
  let brokenSince: number | undefined
  return new Promise((resolve, reject) => {
    const follower = createFollower({
      clock: realClock,
      times: { silenceMs, reconnectingMs: 0 },
      attach: (_, signal) => {
        const headers: Record<string, string> =
          position.lastId === undefined ? {} : { 'last-event-id': String(position.lastId) }
        return api.stream('GET /agent/runs/:run_id/events', { params: { run_id: runId }, headers, signal })
      },
      onEvent: (_, frame) => {
        brokenSince = undefined
        take(frame, position, onEvent)
        if (!position.end?.isLast) return
        follower.close()
        resolve({ status: position.end.status })
      },
      isOver: () => {
        if (position.end === undefined) return false
        resolve({ status: position.end.status })
        return true
      },
      onConnection: () => {},
      onTryAgain: () => {
        brokenSince ??= Date.now()
        if (Date.now() - brokenSince <= patienceMs) return onBroken()
        follower.close()
        reject(new CommandError('unreachable', 'The server cannot be reached. The run goes on without this terminal.'))
      },
      onRefused: (_, error) => {
        const hasBegun = stream !== undefined || position.lastId !== undefined || brokenSince !== undefined
        if (error.status === 404 && hasBegun) resolve({ status: 'lost' })
        else reject(error)
      },
    })
    follower.follow(runId, stream)
  })
}

type Position = {
  runId: string
  lastId: number | undefined
  end: { status: 'completed' | 'awaiting_approval' | 'stopped' | 'error'; isLast: boolean } | undefined
}

function take(frame: ServerEvent, position: Position, onEvent: (event: RunEvent) => void): void {
  const read = readRunEvent(frame, { runId: position.runId })
  if (typeof read === 'string') return
  const { event } = read
  const id = Number(read.id ?? Number.NaN)
  if (!Number.isNaN(id)) {
    if (position.lastId !== undefined && id <= position.lastId) return
    position.lastId = id
  }
  // A pause for an approval is told apart by the second of the two; an error stays one whatever follows it.
  if (event.type === 'completed') position.end ??= { status: event.status, isLast: false }
  if (event.type === 'workflow.error') position.end ??= { status: 'error', isLast: false }
  if (event.type === 'workflow_complete') {
    position.end = { status: position.end?.status === 'error' ? 'error' : event.status, isLast: true }
  }
  if (event.type === 'workflow_error' || event.type === 'error') position.end = { status: 'error', isLast: true }
  onEvent(event)
}
