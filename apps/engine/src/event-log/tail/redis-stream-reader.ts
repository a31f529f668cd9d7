import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { duplicateForBlocking } from './connect-redis.ts'

/** An entry as Redis answers it: its id, then one field, named after the event's type, with the encoded event. */
export type RawEntry = [id: string, fields: [type: string, data: string]]

export type StreamListener = { onEntries(entries: readonly RawEntry[]): void; onLost(): void }

type Followed = { cursor: string; listeners: Set<StreamListener> }

const blockMs = 2000
const entriesPerRead = 500
/** Listing a key costs both sides a little at every read: with many keys, reads are spaced to stay cheap. */
const spacingMsPerKey = 0.01

/** One blocked read for all streams that readers of this process follow; several readers of a key share what it brings. */
export class RedisStreamReader {
  private readonly commands: Redis
  private readonly blocking: Redis
  private readonly followed = new Map<string, Followed>()
  private readonly wakeKey = `tail-wake:${randomUUID()}`
  private wakeCursor = '0-0'
  private isReading = false
  private isBlocked = false
  private isWaking = false

  constructor(commands: Redis) {
    this.commands = commands
    this.blocking = duplicateForBlocking(commands)
  }

  /**
   * Delivers what comes after the answered id: `after`, or a later one when others follow the stream already.
   * `onLost` is the last thing a listener hears: the server went away.
   */
  attach(key: string, after: string, listener: StreamListener): { from: string; detach(): void } {
    let followed = this.followed.get(key)
    if (!followed) {
      followed = { cursor: after, listeners: new Set() }
      this.followed.set(key, followed)
      if (!this.isReading) void this.readWhileFollowed()
      else if (this.isBlocked) this.wake()
    }
    const { listeners, cursor } = followed
    listeners.add(listener)
    return {
      from: cursor,
      detach: () => {
        listeners.delete(listener)
        if (listeners.size === 0 && this.followed.get(key)?.listeners === listeners) this.followed.delete(key)
      },
    }
  }

  close(): void {
    this.loseAll()
    this.blocking.disconnect()
  }

  /** Never rejects: a failed read is told to every listener. */
  private async readWhileFollowed(): Promise<void> {
    this.isReading = true
    // Readers that attach in the same turn share the first read.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.followed.size > 0) {
      const spacing = Math.floor(this.followed.size * spacingMsPerKey)
      if (spacing > 0) await sleep(spacing)
      const reply = await this.read()
      if (reply === 'lost') this.loseAll()
      else for (const [key, entries] of reply) this.deliver(key, entries)
    }
    this.isReading = false
  }

  private async read(): Promise<[key: string, entries: RawEntry[]][] | 'lost'> {
    const streams = [...this.followed.keys(), this.wakeKey]
    const cursors = [...Array.from(this.followed.values(), ({ cursor }) => cursor), this.wakeCursor]
    this.isBlocked = true
    try {
      const options = ['COUNT', entriesPerRead, 'BLOCK', blockMs, 'STREAMS'] as const
      return ((await this.blocking.xread(...options, ...streams, ...cursors)) ?? []) as [string, RawEntry[]][]
    } catch {
      return 'lost' // the connection reports its own outages
    } finally {
      this.isBlocked = false
    }
  }

  private deliver(key: string, entries: readonly RawEntry[]): void {
    const newest = entries.at(-1)?.[0]
    if (newest === undefined) return
    if (key === this.wakeKey) {
      this.wakeCursor = newest
      return
    }
    const followed = this.followed.get(key)
    if (!followed) return
    followed.cursor = newest
    for (const listener of followed.listeners) listener.onEntries(entries)
  }

  private loseAll(): void {
    const lost = [...this.followed.values()]
    this.followed.clear()
    for (const { listeners } of lost) for (const listener of listeners) listener.onLost()
  }

  /** Ends the blocked read, so that the next one has the new keys. Through a stream: a cursor cannot miss a wake-up. */
  private wake(): void {
    if (this.isWaking) return
    this.isWaking = true
    setImmediate(() => {
      this.isWaking = false
      // A wake-up that fails costs the rest of `blockMs`, and a broken connection ends the read anyway.
      void this.commands
        .pipeline()
        .xadd(this.wakeKey, 'MAXLEN', 1, '*', 'wake', '')
        .expire(this.wakeKey, 60)
        .exec()
        .catch(() => {})
    })
  }
}
