import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/database.ts'
import type { ActiveRuns } from './active-runs.ts'
import type { Recovery } from './recover-runs.ts'
import { renewActiveRuns } from './renew-active-runs.ts'
import { readStopRequests } from './run-rows.ts'

const STOP_POLL_MS = 500
/** How long a closing engine waits for runs that it has interrupted. */
const INTERRUPTED_MS = 1000

type Ports = {
  db: Db
  active: ActiveRuns
  recover: Recovery['recover']
  lease: { engine: string; leaseSeconds: number }
  closeSeconds: number
  /** Aborted here when the engine closes. */
  closing: AbortController
  log: ErrorLog
}

type ErrorLog = { error(fields: object, sentence: string): void }

/** Leases, take-overs and stop requests, until the abort; then lets go of every run. */
export async function runWork(ports: Ports, signal: AbortSignal): Promise<void> {
  const { db, active, recover, lease, closeSeconds, closing, log } = ports
  const leaseMs = lease.leaseSeconds * 1000
  const over = new AbortController()
  // A closing engine holds its runs until they have ended their step.
  const holding = [
    repeat({
      ms: Math.max(100, leaseMs / 3),
      work: () => renewActiveRuns({ db, active }, lease),
      signal: over.signal,
      log,
    }),
    repeat({
      ms: STOP_POLL_MS,
      work: async () => {
        if (active.size === 0) return
        for (const runId of await readStopRequests(db, lease.engine)) active.interrupt(runId, 'stopped-by-person')
      },
      signal: over.signal,
      log,
    }),
  ]
  await repeat({ ms: Math.min(1000, leaseMs / 3), work: () => recover(closing.signal), signal, log })
  closing.abort()
  await active.untilIdle(closeSeconds * 1000)
  active.interruptAll('shutting-down')
  await active.untilIdle(INTERRUPTED_MS)
  over.abort()
  await Promise.all(holding)
}

type Repeated = { ms: number; work(): Promise<void>; signal: AbortSignal; log: ErrorLog }

/** A fault of one round is logged, and the next round tries again. */
async function repeat({ ms, work, signal, log }: Repeated): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => log.error({ err: error }, 'A round of the runs worker failed'))
    await sleep(ms, undefined, { signal }).catch(() => {}) // the abort is seen above
  }
}
