import { beginRun } from '@fairlead/client/run/begin-run'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { LiveCore } from './live-core.ts'
import { until } from './until.ts'

export type OpenedRun =
  | { state: 'opened'; runId: string }
  /** The server said no: nothing was begun. */
  | { state: 'refused'; error: ApiError }
  /** The line broke before the run was known: it may have begun. */
  | { state: 'broken' }

type Opening = {
  open(signal: AbortSignal): Promise<AsyncGenerator<ServerEvent, void>>
  /** The message that begins the run, if one does. */
  userMessage?: string
}

/**
 * Makes a request whose answer is a run's stream, and follows that run. A run that is followed already is followed on:
 * a decision during a run joins it, and its answer begins at the run's start.
 */
export async function openRun(core: LiveCore, { open, userMessage }: Opening): Promise<OpenedRun> {
  const { clock } = core.ports
  const abort = new AbortController()
  const close = () => abort.abort()
  core.closing.addEventListener('abort', close, { once: true })
  const callOffSilence = clock.after(core.times.silenceMs, close)
  try {
    const events = await open(abort.signal)
    const begun = await beginRun(events, { conversationId: core.id })
    if (begun === undefined) return { state: 'broken' }
    const { runId } = begun
    if (userMessage !== undefined) core.userMessages.set(runId, userMessage)
    if (core.follower.runId === runId) close()
    else core.follower.follow(runId, { events: begun.events, abort })
    // What was pressed shows progress until the run is there to be seen.
    await until(core, ({ view }) => view.run?.id === runId, core.times.readyMs)
    return { state: 'opened', runId }
  } catch (error) {
    if (!(error instanceof ApiError)) return { state: 'broken' }
    return mayHaveBegun(error) ? { state: 'broken' } : { state: 'refused', error }
  } finally {
    callOffSilence()
    core.closing.removeEventListener('abort', close)
  }
}

/** No answer came, or none in time: what was asked for may have been done. */
export function mayHaveBegun({ status, code }: ApiError): boolean {
  return status === 0 || status === 504 || (status === 502 && code !== 'engine_unreachable')
}
