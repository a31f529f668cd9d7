import { type BackOffPorts, waitToTryAgain } from '@fairlead/client/time/back-off'
import type { Clock } from '@fairlead/client/time/clock'
import { ApiError } from '@fairlead/contract/client/api-error'
import type { Api } from '@fairlead/contract/client/create-api'
import type { ServerEvent } from '@fairlead/contract/client/read-server-events'
import type { PageLife } from '../../browser/page-life.ts'
import { countUnreadable, type UnreadableEvents } from '../../unreadable-events.ts'

export type FeedState = {
  /** `absent`: the server has no feed, so everything is read again now and then. */
  state: 'connecting' | 'open' | 'lost' | 'absent'
  /** Milliseconds since the epoch. */
  lostSince: number | undefined
}

export type FeedTimes = {
  silenceMs: number
  /** How long the first news is waited for before everything is read without it. */
  firstMs: number
  /** Between two readings where there is no feed. */
  pollMs: number
}

type ReadPorts = BackOffPorts & { api: Api; clock: Clock; page: PageLife }

export type FeedReading = {
  times: FeedTimes
  signal: AbortSignal
  /** Of the last event that was taken. */
  lastId(): string | undefined
  onState(state: FeedState['state']): void
  onFrame(frame: ServerEvent, unreadable: UnreadableEvents): void
  /** Anything may have happened. */
  onGap(): void
}

/** Connection after connection, each from where the last one ended, until the signal is aborted. */
export async function readFeed(ports: ReadPorts, reading: FeedReading): Promise<void> {
  const { clock } = ports
  const { signal } = reading
  for (let attempt = 0; !signal.aborted; ) {
    const begunAt = clock.now()
    const { error } = await readConnection(ports, reading)
    if (signal.aborted) return
    if (error?.status === 401) return
    if (error?.status === 404) return await poll(ports, reading)
    // The engine ends a stream with the access token: the next one brings a fresh token.
    const isOrderly = error === undefined && clock.now() - begunAt > 1000
    if (isOrderly) {
      attempt = 0
      continue
    }
    reading.onState('lost')
    await waitToTryAgain(ports, { attempt: attempt++, signal })
  }
}

async function readConnection(
  { api, clock }: ReadPorts,
  { signal, times, lastId, onFrame }: FeedReading,
): Promise<{ error: ApiError | undefined }> {
  const abort = new AbortController()
  const unreadable = countUnreadable('Feed')
  const both = AbortSignal.any([signal, abort.signal])
  let stopTimer = clock.after(times.silenceMs, () => abort.abort())
  const last = lastId()
  const headers = last === undefined ? undefined : { 'last-event-id': last }
  try {
    for await (const frame of await api.stream('GET /events', { headers, signal: both })) {
      stopTimer()
      if (both.aborted) break
      stopTimer = clock.after(times.silenceMs, () => abort.abort())
      onFrame(frame, unreadable)
    }
    return { error: undefined }
  } catch (error) {
    return { error: error instanceof ApiError ? error : new ApiError(0, undefined) }
  } finally {
    stopTimer()
    abort.abort()
  }
}

/** A server without a feed: everything is read again now and then. */
async function poll({ clock, page }: ReadPorts, { signal, times, onState, onGap }: FeedReading): Promise<void> {
  onState('absent')
  onGap()
  const readAgain = () => {
    if (signal.aborted) return
    if (!page.isHidden()) onGap()
    stopTimer = clock.after(times.pollMs, readAgain)
  }
  let stopTimer = clock.after(times.pollMs, readAgain)
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  stopTimer()
}
