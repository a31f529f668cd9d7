import type { UserEvent } from '@fairlead/contract/events/user-event'
import type { EventStream } from '../http/event-stream.ts'
import type { UserStream } from './user-stream.ts'

type Published<E> = E extends { type: 'ready' | 'heartbeat' } ? never : Omit<E, 'timestamp'>
type EachOf<E> = E extends UserEvent ? Published<E> : never
/** An event of a user's stream as rooms publish it: the time is added here. */
export type UserEventBody = EachOf<UserEvent>

export type Feed = {
  /** Tells all streams of the user, on every engine. Never throws, never waits. */
  publish(userId: string, event: UserEventBody): void
  /**
   * A new stream of the user's events. `ended` watches, until the client has gone, for the end of the access token.
   * Rejects when the feed cannot be read.
   */
  open(options: {
    userId: string
    lastEventId: string | undefined
    ended(gone: AbortSignal): AbortSignal
  }): Promise<EventStream>
}

const streamsPerUser = 20

export function createFeed(stream: UserStream): Feed {
  const openOf = new Map<string, Set<AbortController>>()

  /** At most twenty at once, the oldest goes: a page that forgot to close its streams must not lock its user out. */
  const takeSeat = (userId: string) => {
    const seats = openOf.get(userId) ?? new Set()
    openOf.set(userId, seats)
    const seat = new AbortController()
    seats.add(seat)
    const [oldest] = seats
    if (seats.size > streamsPerUser && oldest) {
      seats.delete(oldest)
      oldest.abort()
    }
    const leave = () => {
      seats.delete(seat)
      if (seats.size === 0 && openOf.get(userId) === seats) openOf.delete(userId)
    }
    return { signal: seat.signal, leave }
  }

  return {
    publish: (userId, event) => {
      stream.publish(userId, event.type, JSON.stringify({ ...event, timestamp: Date.now() }))
    },
    open: async ({ userId, lastEventId, ended }) => {
      const { position, resumed } = await stream.open(userId, parseId(lastEventId))
      return {
        batches: async function* (gone) {
          const seat = takeSeat(userId)
          try {
            const ready = { type: 'ready', timestamp: Date.now(), resumed }
            yield [{ id: position, type: 'ready', data: JSON.stringify(ready) }]
            const signal = AbortSignal.any([gone, ended(gone), seat.signal])
            yield* stream.follow(userId, position, signal)
          } finally {
            seat.leave()
          }
        },
      }
    },
  }
}

function parseId(lastEventId: string | undefined): number | undefined {
  return lastEventId !== undefined && /^\d{1,16}$/.test(lastEventId) ? Number(lastEventId) : undefined
}
