import type { Db } from '../db/database.ts'
import { withTimeout } from '../db/with-timeout.ts'
import type { ActiveRuns } from './active-runs.ts'
import { readRun, renewLeases } from './run-rows.ts'

/** Renews the leases of all runs of this engine. Work on a run whose lease is lost ends. */
export async function renewActiveRuns(
  { db, active }: { db: Db; active: ActiveRuns },
  lease: { engine: string; leaseSeconds: number },
): Promise<void> {
  const { claims } = active
  const leaseMs = lease.leaseSeconds * 1000
  const heldUntil = Date.now() + leaseMs
  const held = await withTimeout(renewLeases(db, claims, lease), leaseMs).catch((error: unknown) => {
    active.interruptExpired()
    throw error
  })
  for (const { run_id } of claims) {
    if (held.has(run_id)) active.heldUntil(run_id, heldUntil)
    else if ((await readRun(db, run_id))?.status === 'running') active.interrupt(run_id, 'lost-ownership')
  }
}
