import type { ChainableCommander, Redis } from 'ioredis'

export type RedisAnswer = [error: Error | null, result: unknown]

/** Adds commands to the packet, and takes their answers; undefined when none came, and none will. */
export type Contribution = (packet: ChainableCommander) => (answers: readonly RedisAnswer[] | undefined) => void

/** What is written to Redis in one turn of the event loop, whoever writes it, leaves in one packet. */
export class RedisOutbox {
  private readonly redis: Redis
  private contributions: Contribution[] = []

  constructor(redis: Redis) {
    this.redis = redis
  }

  /** Asked for the commands at the end of this turn of the event loop. */
  add(contribution: Contribution): void {
    this.contributions.push(contribution)
    if (this.contributions.length === 1) setImmediate(() => this.send())
  }

  private send(): void {
    const packet = this.redis.pipeline()
    const taken = this.contributions.splice(0).map((contribute) => {
      const from = packet.length
      const take = contribute(packet)
      return { from, to: packet.length, take }
    })
    if (packet.length === 0) {
      for (const { take } of taken) take([])
      return
    }
    const tell = (answers: readonly RedisAnswer[] | undefined) => {
      for (const { from, to, take } of taken) take(answers?.slice(from, to))
    }
    packet.exec().then(
      (answers) => tell(answers ?? undefined),
      () => tell(undefined), // the connection tells of its own outages
    )
  }
}
