import { setTimeout as sleep } from 'node:timers/promises'
import type { AbortReason } from '@fairlead/agent/abort'
import type { ExecuteRun } from './execute-run.ts'
import type { Running } from './open-run.ts'
import type { Claim } from './run-rows.ts'

type Trailing = { claim: Claim; done: Promise<void> }
type Active = Trailing & {
  controller: AbortController
  /** When its lease ends, unless it is renewed before; in milliseconds since 1970. */
  heldUntil: number
}

export type NewlyHeld = Pick<Running, 'claim' | 'nextId' | 'request' | 'opening'>

type Ports = {
  executeRun: ExecuteRun
  /** What becomes of a run that this engine no longer works on, because of that error. Never rejects. */
  abandonRun(claim: Running['claim'], error: unknown): Promise<void>
  leaseMs: number
  log: { error(fields: object, sentence: string): void }
}

/** The runs that this engine works on, and the work that goes on behind runs that have ended. */
export class ActiveRuns {
  readonly #ports: Ports
  readonly #active = new Map<string, Active>()
  readonly #trailing = new Map<string, Trailing>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  begin(run: NewlyHeld): void {
    const { executeRun, abandonRun, leaseMs } = this.#ports
    const { claim } = run
    const controller = new AbortController()
    const background = new Set<Promise<unknown>>()
    const done = executeRun({ ...run, signal: controller.signal, background })
      .catch((error: unknown) => abandonRun(claim, error))
      .finally(() => {
        this.#active.delete(claim.run_id)
        this.trail(claim, [...background])
      })
    this.#active.set(claim.run_id, { claim, controller, done, heldUntil: Date.now() + leaseMs })
  }

  /** Work that goes on after its run has ended; its faults are logged, nobody else waits for it. */
  trail(claim: Claim, works: readonly Promise<unknown>[]): void {
    const { log } = this.#ports
    const settled = works.map((work) =>
      work.catch((error: unknown) => log.error({ err: error, run_id: claim.run_id }, 'Work behind a run failed')),
    )
    const done = Promise.all(settled).then(() => {
      this.#trailing.delete(claim.run_id)
    })
    this.#trailing.set(claim.run_id, { claim, done })
  }

  get size(): number {
    return this.#active.size
  }

  /** Of all runs whose lease this engine keeps. */
  get claims(): Claim[] {
    return [...this.#active.values(), ...this.#trailing.values()].map(({ claim }) => claim)
  }

  isActive(runId: string): boolean {
    return this.#active.has(runId)
  }

  isTrailing(runId: string): boolean {
    return this.#trailing.has(runId)
  }

  interrupt(runId: string, reason: AbortReason): void {
    this.#active.get(runId)?.controller.abort(reason)
  }

  interruptAll(reason: AbortReason): void {
    for (const runId of this.#active.keys()) this.interrupt(runId, reason)
  }

  /** An engine that cannot hold its runs must not write for them either: another engine may have begun to. */
  interruptExpired(): void {
    for (const [runId, { heldUntil }] of this.#active)
      if (heldUntil <= Date.now()) this.interrupt(runId, 'lost-ownership')
  }

  heldUntil(runId: string, time: number): void {
    const run = this.#active.get(runId)
    if (run !== undefined) run.heldUntil = time
  }

  /** Resolves when this engine no longer works on the run, or after the limit. */
  async untilDone(runId: string, limitMs: number): Promise<void> {
    await Promise.race([this.#active.get(runId)?.done ?? sleep(0), sleep(limitMs, undefined, { ref: false })])
  }

  /** No run and no work behind one, or the limit. */
  async untilIdle(limitMs: number): Promise<void> {
    const limit = new AbortController()
    const late = sleep(limitMs, 'late', { signal: limit.signal }).catch(() => 'idle')
    const all = async () => {
      while (this.#active.size + this.#trailing.size > 0) {
        await Promise.all([...this.#active.values(), ...this.#trailing.values()].map(({ done }) => done))
      }
    }
    await Promise.race([all(), late])
    limit.abort()
  }
}
