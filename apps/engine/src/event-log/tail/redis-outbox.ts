import type { Redis } from 'ioredis'

export type RedisCommand = readonly [name: string, ...args: (string | number)[]]
export type RedisAnswer = [error: Error | null, result: unknown]

/** Commands for the packet, and who takes an answer to each. */
export type Contribution = {
  commands: readonly RedisCommand[]
  take(answers: readonly RedisAnswer[]): void
}

/**
 * What is written to Redis in one turn of the event loop, whoever writes it, leaves in one packet. One packet is on its
 * way at a time, and what comes meanwhile is the next one: the more there is to write, the less a piece of it costs.
 */
export class RedisOutbox {
  private readonly redis: Redis
  private contributors: (() => Contribution)[] = []
  private isBusy = false

  constructor(redis: Redis) {
    this.redis = redis
  }

  /** Asked for the commands at the end of this turn of the event loop, or of the turn that answers the last packet. */
  add(contributor: () => Contribution): void {
    this.contributors.push(contributor)
    this.sendSoon()
  }

  private sendSoon(): void {
    if (this.isBusy || this.contributors.length === 0) return
    this.isBusy = true
    setImmediate(() => void this.send())
  }

  private async send(): Promise<void> {
    const contributors = this.contributors
    this.contributors = []
    const contributions = contributors.map((contribute) => contribute())
    const answers = await this.ask(contributions.flatMap(({ commands }) => commands))
    this.isBusy = false
    let from = 0
    for (const { commands, take } of contributions) {
      take(answers.slice(from, from + commands.length))
      from += commands.length
    }
    this.sendSoon()
  }

  /**
   * Never rejects: a connection that is away, or breaks meanwhile, is the answer to each. The library's own pipeline costs
   * about as much again as its commands.
   */
  private async ask(commands: readonly RedisCommand[]): Promise<readonly RedisAnswer[]> {
    // None before the first connection. The one command that it mostly is needs no cork.
    const stream = commands.length > 1 ? (this.redis.stream as Redis['stream'] | undefined) : undefined
    stream?.cork()
    const answers = commands.map((command) => this.answerTo(command))
    stream?.uncork()
    return await Promise.all(answers)
  }

  private async answerTo(command: RedisCommand): Promise<RedisAnswer> {
    try {
      return [null, await this.redis.call(...command)]
    } catch (error) {
      return [error as Error, null]
    }
  }
}
