import type { Db } from '../db/database.ts'
import { withTimeout } from '../db/with-timeout.ts'
import type { ActiveRuns } from './active-runs.ts'
import { renewLeases, runningAmong } from './run-rows.ts'

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
  for (const runId of held) active.heldUntil(runId, heldUntil)
  const lost = claims.flatMap(({ run_id }) => (held.has(run_id) ? [] : [run_id]))
  for (const runId of await runningAmong(db, lost)) active.interrupt(runId, 'lost-ownership')
}
