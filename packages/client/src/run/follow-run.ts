import type { ApiError } from '@fairlead/contract/client/api-error'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import { type BackOffPorts, waitToTryAgain } from '../time/back-off.ts'
import { createLineState, type LineState } from './line-state.ts'
import { type OpenStream, readStream, type StreamEnd } from './read-stream.ts'

export type FollowTimes = {
  /** Silence after which a stream counts as broken: the engine's sign of life comes within 60 s. */
  silenceMs: number
  /** From when on a person is told that the line is broken. */
  reconnectingMs: number
}

export type FollowPorts = BackOffPorts & {
  times: FollowTimes
  /** `GET /agent/runs/:run_id/events`, after the last applied id. */
  attach(runId: string, signal: AbortSignal): Promise<AsyncIterable<ServerEvent>>
  onEvent(runId: string, event: ServerEvent): void
  /** All that has come is applied now; true when the run has ended by it. */
  isOver(runId: string): boolean
  onConnection(state: LineState): void
  /** Before each wait for the next try. */
  onTryAgain?(): void
  /** The run cannot be followed: unknown to the server (404), or not for this person. */
  onRefused(runId: string, error: ApiError): void
}

export type Follower = {
  /** Undefined when nothing is followed, or what was has ended. */
  readonly runId: string | undefined
  /** Follows a run from a stream that is open already, or by attaching; what was followed is let go of. */
  follow(runId: string, open?: OpenStream): void
  /** Lets go of the stream, and takes it up again by the last id on `resume`. */
  pause(): void
  resume(): void
  /** Lets go of the stream for good. The run goes on. */
  close(): void
}

type Following = { runId: string; closing: AbortController; stream: AbortController | undefined }

/** Stays on a run until its end, over breaks of the line, silence and pauses. */
export function createFollower(ports: FollowPorts): Follower {
  const line = createLineState(ports)
  let following: Following | undefined
  let paused: PromiseWithResolvers<void> | undefined

  async function stay(current: Following, open: OpenStream | undefined): Promise<void> {
    const { runId, closing } = current
    let stream = open
    for (let attempt = 0; !closing.signal.aborted; ) {
      if (paused !== undefined) {
        stream?.abort.abort()
        await Promise.race([paused.promise, aborted(closing.signal)])
        if (closing.signal.aborted) return
        stream = undefined
      }
      const { hasBrought, error } = await readOnce(current, stream)
      stream = undefined
      if (closing.signal.aborted) return
      const isOver = ports.isOver(runId)
      const isRefused = !isOver && error !== undefined && isFinal(error)
      if (isOver || isRefused) {
        following = undefined
        line.set('idle')
        if (isRefused) ports.onRefused(runId, error)
        return
      }
      if (hasBrought || paused !== undefined) attempt = 0
      if (paused !== undefined) continue
      // A person is told of an outage once it has lasted, however many tries it takes.
      if (attempt === 0) line.disconnected()
      ports.onTryAgain?.()
      await waitToTryAgain(ports, { attempt: attempt++, signal: closing.signal })
    }
  }

  /** One stream, until it ends or breaks. */
  async function readOnce(current: Following, stream: OpenStream | undefined): Promise<StreamEnd> {
    const abort = stream?.abort ?? new AbortController()
    const close = () => abort.abort()
    current.closing.signal.addEventListener('abort', close, { once: true })
    current.stream = abort
    try {
      return await readStream({
        clock: ports.clock,
        silenceMs: ports.times.silenceMs,
        abort,
        open: (signal) => stream?.events ?? ports.attach(current.runId, signal),
        onOpen: () => line.set('open'),
        onEvent: (event) => ports.onEvent(current.runId, event),
      })
    } finally {
      current.closing.signal.removeEventListener('abort', close)
      current.stream = undefined
    }
  }

  const close = () => {
    const current = following
    following = undefined
    current?.closing.abort()
    if (current !== undefined) line.set('idle')
  }
  return {
    get runId() {
      return following?.runId
    },
    follow: (runId, open) => {
      close()
      const current: Following = { runId, closing: new AbortController(), stream: undefined }
      following = current
      if (open === undefined) line.disconnected()
      void stay(current, open)
    },
    pause: () => {
      if (paused !== undefined) return
      paused = Promise.withResolvers()
      following?.stream?.abort()
    },
    resume: () => {
      paused?.resolve()
      paused = undefined
    },
    close,
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** Trying again changes nothing: the run is not there, or the person may not see it. */
function isFinal({ status }: ApiError): boolean {
  return status === 401 || status === 403 || status === 404 || status === 405
}
