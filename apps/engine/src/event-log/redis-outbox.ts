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

  /** Never rejects: a connection that is away, or breaks meanwhile, is the answer to each. */
  private async ask(commands: readonly RedisCommand[]): Promise<readonly RedisAnswer[]> {
    const [only] = commands
    if (only === undefined) return []
    try {
      // Nearly always: what all runs say is one command. A pipeline of one costs as much again as its command.
      if (commands.length === 1) return [[null, await this.redis.call(...only)]]
      const answers = await this.redis.pipeline(commands.map((command) => [...command])).exec()
      return answers ?? []
    } catch (error) {
      return commands.map((): RedisAnswer => [error as Error, null])
    }
  }
}
