import type { ChainableCommander, Redis } from 'ioredis'

export type RedisAnswer = [error: Error | null, result: unknown]

/** Adds commands to the packet, and takes their answers; undefined when none came, and none will. */
export type Contribution = (packet: ChainableCommander) => (answers: readonly RedisAnswer[] | undefined) => void

/**
 * What is written to Redis in one turn of the event loop, whoever writes it, leaves in one packet. One packet is on its
 * way at a time, and what comes meanwhile is the next one: the more there is to write, the less a piece of it costs.
 */
export class RedisOutbox {
  private readonly redis: Redis
  private contributions: Contribution[] = []
  private isBusy = false

  constructor(redis: Redis) {
    this.redis = redis
  }

  /** Asked for the commands at the end of this turn of the event loop, or of the turn that answers the last packet. */
  add(contribution: Contribution): void {
    this.contributions.push(contribution)
    this.sendSoon()
  }

  private sendSoon(): void {
    if (this.isBusy || this.contributions.length === 0) return
    this.isBusy = true
    setImmediate(() => this.send())
  }

  private send(): void {
    const packet = this.redis.pipeline()
    const taken = this.contributions.splice(0).map((contribute) => {
      const from = packet.length
      const take = contribute(packet)
      return { from, to: packet.length, take }
    })
    const tell = (answers: readonly RedisAnswer[] | undefined) => {
      this.isBusy = false
      for (const { from, to, take } of taken) take(answers?.slice(from, to))
      this.sendSoon()
    }
    if (packet.length === 0) tell([])
    else
      packet.exec().then(
        (answers) => tell(answers ?? undefined),
        () => tell(undefined), // the connection tells of its own outages
      )
  }
}
