import type { Redis } from 'ioredis'
import type { TailEntry } from './live-tail.ts'
import { backlogEntries } from './merge-backlog.ts'
import type { RawEntry, RedisStreamReader } from './redis-stream-reader.ts'

/** How the numbers of the wire and the ids of Redis stand for each other. */
export type StreamIds = { toRedis(id: number): string; fromRedis(id: string): number }

export type RedisStreams = { commands: Redis; reader: RedisStreamReader; ids: StreamIds }

/** `isBacklog`: so much had gathered that the reader is a slow one. */
export type StreamBatch = { entries: TailEntry[]; isBacklog: boolean }

const rangeEntries = 500
const backlogRangeEntries = 5000

/**
 * Batches after an id, then live ones, the first as to a slow reader with `isBacklog`; an abort ends it. Yields `lost`,
 * and ends, when the server cannot be reached. A slow reader holds nothing here: what it has not taken is read again from
 * the stream when it is ready.
 */
export async function* followRedisStream(
  { commands, reader, ids }: RedisStreams,
  { key, after, signal, isBacklog = false }: { key: string; after: number; signal: AbortSignal; isBacklog?: boolean },
): AsyncGenerator<StreamBatch | 'lost'> {
  let at = after
  const range = async () => {
    const limit = isBacklog ? backlogRangeEntries : rangeEntries
    const entries = decode(await commands.xrange(key, `(${ids.toRedis(at)}`, '+', 'COUNT', limit))
    at = entries.at(-1)?.id ?? at
    return { entries, hasMore: entries.length === limit }
  }
  const decode = (entries: unknown) =>
    (entries as RawEntry[]).map(([id, [type, data]]): TailEntry => ({ id: ids.fromRedis(id), type, data }))

  while (!signal.aborted) {
    let mailbox: Mailbox | undefined
    let attached: { from: string; detach(): void } | undefined
    try {
      // What stands there already; once more after attaching when other readers were further on.
      for (;;) {
        const { entries, hasMore } = await range()
        if (entries.length > 0) yield { entries, isBacklog }
        if (hasMore) continue
        if (attached) break
        mailbox = new Mailbox(signal)
        attached = reader.attach(key, ids.toRedis(at), mailbox)
        if (ids.fromRedis(attached.from) <= at) break
      }
      isBacklog = false
      for (;;) {
        const taken = await mailbox?.take()
        if (taken === undefined || signal.aborted) return
        if (taken === 'lost') return yield 'lost'
        if (taken === 'overflowed') break
        const entries = decode(taken).filter(({ id }) => id > at)
        at = entries.at(-1)?.id ?? at
        if (entries.length > 0) yield { entries, isBacklog }
      }
      isBacklog = true
    } catch {
      // Whatever Redis says, the answer is the same, and the connection itself reports its outages.
      return yield 'lost'
    } finally {
      attached?.detach()
    }
  }
}

/** What a reader has not taken yet. It overflows rather than grow: the stream still has it all. */
class Mailbox {
  private entries: RawEntry[] = []
  private end: 'lost' | 'overflowed' | undefined
  private notify: (() => void) | undefined
  private readonly signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.signal = signal
  }

  onEntries(entries: readonly RawEntry[]): void {
    if (this.end) return
    if (this.entries.length + entries.length > backlogEntries) {
      this.end = 'overflowed'
      this.entries = []
    } else this.entries.push(...entries)
    this.notify?.()
  }

  onLost(): void {
    this.end ??= 'lost'
    this.notify?.()
  }

  /** The gathered entries as soon as there are any; undefined after an abort. */
  async take(): Promise<readonly RawEntry[] | 'lost' | 'overflowed' | undefined> {
    if (this.entries.length === 0 && !this.end && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.signal.removeEventListener('abort', wake)
          this.notify = undefined
          resolve()
        }
        this.notify = wake
        this.signal.addEventListener('abort', wake)
      })
    }
    if (this.signal.aborted) return undefined
    if (this.entries.length === 0) return this.end
    const taken = this.entries
    this.entries = []
    return taken
  }
}
