import { ApiError } from '@fairlead/contract/client/api-error'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { Clock } from '../time/clock.ts'

/** A stream that an answer has opened, and how to end it. */
export type OpenStream = { events: AsyncIterable<ServerEvent>; abort: AbortController }

export type StreamOptions = {
  clock: Clock
  /** Silence after which the stream counts as broken, in milliseconds. */
  silenceMs: number
  abort: AbortController
  open(signal: AbortSignal): Promise<AsyncIterable<ServerEvent>> | AsyncIterable<ServerEvent>
  onOpen(): void
  onEvent(event: ServerEvent): void
}

/** `error`: the server refused, or could not be reached. A stream that breaks has none. */
export type StreamEnd = { hasBrought: boolean; error: ApiError | undefined }

/** Reads one stream until it ends, breaks, is aborted, or has been silent for too long. */
export async function readStream({ clock, silenceMs, abort, ...options }: StreamOptions): Promise<StreamEnd> {
  let hasBrought = false
  let stopTimer = clock.after(silenceMs, () => abort.abort())
  try {
    const events = await options.open(abort.signal)
    options.onOpen()
    for await (const event of events) {
      stopTimer()
      if (abort.signal.aborted) break
      stopTimer = clock.after(silenceMs, () => abort.abort())
      hasBrought = true
      options.onEvent(event)
      if (abort.signal.aborted) break
    }
    return { hasBrought, error: undefined }
  } catch (error) {
    return { hasBrought, error: error instanceof ApiError ? error : undefined }
  } finally {
    stopTimer()
    abort.abort()
  }
}
