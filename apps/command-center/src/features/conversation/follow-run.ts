import { ApiError } from '@fairlead/contract/client/api-error'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import { waitToTryAgain } from '../../back-off.ts'
import type { LivePorts, LiveTimes } from './live-ports.ts'
import type { Connection } from './live-state.ts'

/** A stream that an answer has opened, and how to let go of it. */
export type OpenStream = { events: AsyncIterable<ServerEvent>; abort: AbortController }

export type FollowPorts = Pick<LivePorts, 'clock' | 'page' | 'random'> & {
  times: LiveTimes
  /** `GET /agent/runs/:run_id/events`, after the last applied id. */
  attach(runId: string, signal: AbortSignal): Promise<AsyncIterable<ServerEvent>>
  onEvent(runId: string, event: ServerEvent): void
  /** All that has come is applied now; true when the run has ended by it. */
  isOver(runId: string): boolean
  onConnection(connection: Connection): void
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

/** Stays on a run until its end, over breaks of the line, silence and hidden pages. */
export function createFollower(ports: FollowPorts): Follower {
  const { clock, times } = ports
  let following: Following | undefined
  let paused: PromiseWithResolvers<void> | undefined
  let callOffLate = () => {}

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
      const { hasBrought, error } = await once(current, stream)
      stream = undefined
      if (closing.signal.aborted) return
      if (ports.isOver(runId)) return left()
      if (error !== undefined && isFinal(error)) {
        left()
        return ports.onRefused(runId, error)
      }
      if (hasBrought || paused !== undefined) attempt = 0
      if (paused !== undefined) continue
      // A person is told of an outage once it has lasted, however many tries it takes.
      if (attempt === 0) disconnected()
      await waitToTryAgain(ports, { attempt: attempt++, signal: closing.signal })
    }
  }

  function left(): void {
    following = undefined
    connected('idle')
  }

  function disconnected(): void {
    connected('connecting')
    callOffLate = clock.after(times.reconnectingMs, () => ports.onConnection('reconnecting'))
  }

  function connected(connection: Connection): void {
    callOffLate()
    ports.onConnection(connection)
  }

  /** One stream, until it ends or breaks. */
  async function once(
    current: Following,
    open: OpenStream | undefined,
  ): Promise<{ hasBrought: boolean; error: ApiError | undefined }> {
    const abort = open?.abort ?? new AbortController()
    const linked = () => abort.abort()
    current.closing.signal.addEventListener('abort', linked, { once: true })
    current.stream = abort
    let hasBrought = false
    let callOffSilence = clock.after(times.silenceMs, () => abort.abort())
    try {
      const events = open?.events ?? (await ports.attach(current.runId, abort.signal))
      connected('open')
      for await (const event of events) {
        callOffSilence()
        if (abort.signal.aborted) break
        callOffSilence = clock.after(times.silenceMs, () => abort.abort())
        hasBrought = true
        ports.onEvent(current.runId, event)
      }
      return { hasBrought, error: undefined }
    } catch (error) {
      return { hasBrought, error: error instanceof ApiError ? error : undefined }
    } finally {
      callOffSilence()
      current.closing.signal.removeEventListener('abort', linked)
      current.stream = undefined
      abort.abort()
    }
  }

  const close = () => {
    const current = following
    following = undefined
    current?.closing.abort()
    if (current !== undefined) connected('idle')
  }
  return {
    get runId() {
      return following?.runId
    },
    follow: (runId, open) => {
      close()
      const current: Following = { runId, closing: new AbortController(), stream: undefined }
      following = current
      if (open === undefined) disconnected()
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
