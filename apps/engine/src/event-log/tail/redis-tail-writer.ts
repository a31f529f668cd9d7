import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { TailEntry } from './live-tail.ts'
import type { Contribution, RedisAnswer, RedisCommand, RedisOutbox } from './redis-outbox.ts'
import type { RawEntry } from './redis-stream-reader.ts'

/** Where a tail that was taken over names the engine that took it. */
const OWNER = ':owner'
const TAKEN_OVER = 'taken over'

/**
 * Entries of several tails: an argument a key, with a line an entry, as `encoded` writes it. Answers for each key why its
 * entries were refused, or nil. All or nothing a key: ids rise, so only the first can be refused, and a stalled engine's
 * batch never mixes with its successor's. Nor does it come before it: who has been followed by another engine is refused
 * though that one has written nothing yet.
 */
const appendScript = `
local refusals = {}
for k, key in ipairs(KEYS) do
  local owner = redis.call('GET', key .. '${OWNER}')
  refusals[k] = owner and owner ~= ARGV[2] and '${TAKEN_OVER}' or false
  for id, type, data in string.gmatch(refusals[k] and '' or ARGV[k + 2], '(%d+) (%S+) ([^\\n]*)') do
    local answer = redis.pcall('XADD', key, id .. '-0', type, data)
    if answer.err then
      refusals[k] = answer.err
      break
    end
  end
  if not refusals[k] and redis.call('TTL', key) < 0 then redis.call('EXPIRE', key, ARGV[1]) end
end
return refusals`
const encoded = ({ id, type, data }: TailEntry) => `${id} ${type} ${data}`
const appendSha = createHash('sha1').update(appendScript).digest('hex')
/** A tail whose engine dies without a successor goes away too. */
const unendedSeconds = 24 * 3600
const flushMs = 2000
const retryMs = 50
/** Nothing changes sooner about a user who may not, or a server that is full. */
const refusedRetryMs = 1000
/** The server does nothing else while it takes a packet, and the client makes one text of it. */
const packetEntries = 1000
/** Per key, while Redis is away; readers are with the record by then, and see the gap when it is back. */
const keptEntries = 1000

type Writing = {
  key: string
  unconfirmed: TailEntry[]
  /** How many of them are on their way. */
  sent: number
  isFenced: boolean
  /** Among those that have something to send. */
  isDirty: boolean
  expiry: number | undefined
  flushed: (() => void)[]
}

export type TailWriterListener = {
  /** Another engine writes this key. Told once per fence. */
  onFenced(key: string): void
  /** The server has these entries of the key now; the rest of what was pushed follows them. */
  onConfirmed(key: string, entries: readonly TailEntry[]): void
  /** The server went away: what is not confirmed will not be told of. */
  onDown(): void
  /** The server is there and says no, in these words. Told once until it has taken something again. */
  onRefused(reason: string): void
}

/**
 * Writes tails to Redis: one round trip for all that was pushed since the last, with what else is written then. What has
 * not been confirmed when the connection breaks is compared with the stream when it is back, and the rest written then.
 */
export class RedisTailWriter {
  private readonly redis: Redis
  private readonly outbox: RedisOutbox
  private readonly listener: TailWriterListener
  /** This engine, in the tails that it takes over. */
  private readonly owner: string = randomUUID()
  private readonly writings = new Map<string, Writing>()
  /** In the order of their turns. A list, as sets that grow and empty with each packet would be old rubbish soon. */
  private dirty: Writing[] = []
  /** Settled when the packet that is on its way has been answered. */
  private flight: Promise<void> = Promise.resolve()
  private isScheduled = false
  private isUp = false
  /** What the server has last said no with; undefined once it has taken something. */
  private refusal: string | undefined
  private isRecovering = false
  private isClosed = false

  constructor({ redis, outbox }: { redis: Redis; outbox: RedisOutbox }, listener: TailWriterListener) {
    this.redis = redis
    this.outbox = outbox
    this.listener = listener
    void this.recover()
  }

  push(key: string, entries: readonly TailEntry[]): void {
    const writing = this.writingOf(key)
    if (writing.isFenced) return
    writing.unconfirmed.push(...entries)
    if (!this.isUp && writing.unconfirmed.length > keptEntries) writing.unconfirmed.splice(0, keptEntries)
    this.markDirty(writing)
  }

  async flush(key: string): Promise<void> {
    const writing = this.writings.get(key)
    if (!writing || this.redis.status !== 'ready' || isQuiet(writing)) return
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, flushMs)
      writing.flushed.push(() => {
        clearTimeout(late)
        resolve()
      })
    })
  }

  /** This engine writes the key from here on, and no other. Id of its newest entry; rejects when unreachable. */
  async takeOver(key: string): Promise<number | undefined> {
    // What this engine had not sent, of an earlier claim to the run, goes nowhere.
    const former = this.writings.get(key)
    if (former !== undefined) this.drop(former)
    try {
      const taking = this.redis.multi().set(key + OWNER, this.owner, 'EX', unendedSeconds)
      const answers = await taking.xrevrange(key, '+', '-', 'COUNT', 1).exec()
      for (const [error] of answers ?? []) if (error) throw error
      const [id] = (answers?.[1]?.[1] as RawEntry[] | undefined)?.[0] ?? []
      return id === undefined ? undefined : Number.parseInt(id, 10)
    } finally {
      if (this.writings.get(key)?.isFenced) this.writings.delete(key)
    }
  }

  async expire(key: string, seconds: number): Promise<void> {
    const writing = this.writingOf(key)
    if (writing.isFenced) {
      this.writings.delete(key) // its owner sees to the tail
      return
    }
    writing.expiry = seconds
    this.markDirty(writing)
    await this.flush(key)
  }

  /** Waits for what is on its way, not for a server that is away. */
  async close(): Promise<void> {
    await Promise.all([...this.writings.keys()].map((key) => this.flush(key)))
    this.isClosed = true
  }

  private writingOf(key: string): Writing {
    let writing = this.writings.get(key)
    if (!writing) {
      writing = { key, unconfirmed: [], sent: 0, isFenced: false, isDirty: false, expiry: undefined, flushed: [] }
      this.writings.set(key, writing)
    }
    return writing
  }

  private markDirty(writing: Writing): void {
    if (!writing.isDirty) {
      writing.isDirty = true
      this.dirty.push(writing)
    }
    this.sendSoon()
  }

  private sendSoon(): void {
    if (this.isScheduled || !this.isUp) return
    this.isScheduled = true
    this.outbox.add(() => {
      this.isScheduled = false
      return this.isUp ? this.packet() : { commands: [], take: () => {} }
    })
  }

  private packet(): Contribution {
    const keys: string[] = []
    const lines: string[] = []
    const appended: { writing: Writing; count: number }[] = []
    const expiring: { writing: Writing; expiry: number }[] = []
    const unfinished: Writing[] = []
    let free = packetEntries
    const turn = this.dirty
    this.dirty = []
    for (const writing of turn) {
      writing.isDirty = false
      const count = Math.min(free, writing.unconfirmed.length - writing.sent)
      if (count > 0) {
        keys.push(writing.key)
        lines.push(
          writing.unconfirmed
            .slice(writing.sent, writing.sent + count)
            .map(encoded)
            .join('\n'),
        )
        appended.push({ writing, count })
        writing.sent += count
        free -= count
      }
      if (writing.sent < writing.unconfirmed.length) {
        if (count === 0) this.markDirty(writing)
        else unfinished.push(writing)
      } else if (writing.expiry !== undefined) expiring.push({ writing, expiry: writing.expiry })
    }
    for (const writing of unfinished) this.markDirty(writing) // behind those that did not fit
    const commands: RedisCommand[] = expiring.map(({ writing, expiry }) => ['expire', writing.key, expiry])
    if (appended.length > 0)
      commands.unshift(['evalsha', appendSha, keys.length, ...keys, unendedSeconds, this.owner, ...lines])
    const { promise, resolve: land } = Promise.withResolvers<void>()
    this.flight = promise
    return {
      commands,
      take: (answers) => {
        const expired = appended.length === 0 ? answers : answers.slice(1)
        if (appended.length > 0) this.confirmAll(appended, answers[0])
        for (const [index, { writing, expiry }] of expiring.entries()) {
          this.confirmExpiry(writing, expiry, expired[index]?.[0] ?? null)
        }
        land()
      },
    }
  }

  private confirmAll(appended: readonly { writing: Writing; count: number }[], answer: RedisAnswer | undefined): void {
    const [error, refusals] = answer ?? []
    if (error || !Array.isArray(refusals)) this.recoverLater(refusalIn(error))
    else for (const [index, { writing, count }] of appended.entries()) this.confirm(writing, count, refusals[index])
  }

  private confirm(writing: Writing, count: number, refusal: string | null): void {
    if (refusal === null) {
      this.refusal = undefined
      this.listener.onConfirmed(writing.key, writing.unconfirmed.splice(0, count))
      writing.sent -= count
      this.settle(writing)
    } else if (isFencing(refusal)) this.fence(writing)
    else this.recoverLater(refusal)
  }

  private confirmExpiry(writing: Writing, expiry: number, error: Error | null): void {
    if (error) {
      this.recoverLater(refusalIn(error))
      return
    }
    if (writing.expiry === expiry) writing.expiry = undefined
    this.settle(writing)
    if (isQuiet(writing)) this.writings.delete(writing.key)
  }

  private settle(writing: Writing): void {
    if (isQuiet(writing)) for (const resolve of writing.flushed.splice(0)) resolve()
  }

  private fence(writing: Writing): void {
    if (writing.isFenced) return
    this.drop(writing)
    this.listener.onFenced(writing.key)
  }

  private drop(writing: Writing): void {
    writing.isFenced = true
    writing.unconfirmed = []
    writing.expiry = undefined
    this.settle(writing)
  }

  private recoverLater(refusal: string | undefined): void {
    this.isUp = false
    this.heed(refusal)
    this.listener.onDown()
    for (const { flushed } of this.writings.values()) for (const resolve of flushed.splice(0)) resolve()
    void this.recover()
  }

  /** Never rejects: tries until it has succeeded, or the writer is closed. */
  private async recover(): Promise<void> {
    if (this.isRecovering) return
    this.isRecovering = true
    while (!this.isUp && !this.isClosed) {
      try {
        await this.flight
        if (this.refusal !== undefined) await sleep(refusedRetryMs, undefined, { ref: false })
        await this.redis.script('LOAD', appendScript)
        for (const writing of [...this.writings.values()]) await this.reconcile(writing)
        this.isUp = true
      } catch (fault) {
        this.heed(refusalIn(fault))
        await sleep(retryMs, undefined, { ref: false })
      }
    }
    this.isRecovering = false
    for (const writing of this.writings.values()) if (!isQuiet(writing)) this.markDirty(writing)
  }

  private heed(refusal: string | undefined): void {
    if (refusal === undefined) return
    if (this.refusal === undefined) this.listener.onRefused(refusal)
    this.refusal = refusal
  }

  /** Of what was sent without an answer, some may stand in the stream. */
  private async reconcile(writing: Writing): Promise<void> {
    writing.sent = 0
    if (writing.unconfirmed.length === 0) return
    const [newest] = await this.redis.xrevrange(writing.key, '+', '-', 'COUNT', 1)
    if (!newest) return
    const id = Number.parseInt(newest[0], 10)
    const first = writing.unconfirmed[0]?.id ?? 0
    if (id < first) return
    const own = writing.unconfirmed.find((entry) => entry.id === id)
    if (own?.data !== newest[1][1]) return this.fence(writing)
    writing.unconfirmed = writing.unconfirmed.filter((entry) => entry.id > id)
  }
}

const isFencing = (refusal: string): boolean =>
  refusal === TAKEN_OVER || refusal.includes('equal or smaller than the target stream top item')

/** What a server that is there said no with; a connection tells of its own faults, and a restart passes. */
function refusalIn(fault: unknown): string | undefined {
  const isRefusal =
    fault instanceof Error && fault.name === 'ReplyError' && !/^(?:LOADING|NOSCRIPT)/.test(fault.message)
  return isRefusal ? fault.message : undefined
}

function isQuiet({ unconfirmed, expiry }: Writing): boolean {
  return unconfirmed.length === 0 && expiry === undefined
}
