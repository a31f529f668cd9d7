import type { Logger } from '@fairlead/service-kit/logger'
import { readStrandedDecisions } from '../approvals/announce-decisions.ts'
import type { Db } from '../db/database.ts'
import { readRequest } from '../event-log/record/read-request.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'
import type { ActiveRuns } from './active-runs.ts'
import { nextEventId } from './next-event-id.ts'
import type { OpenRun, Running } from './open-run.ts'
import { claimRun, isGivenUp, readAbandonedRuns, readUnsettledRuns } from './run-rows.ts'

type Ports = {
  db: Db
  tail: Pick<LiveTail, 'takeOver'>
  active: ActiveRuns
  lease: { engine: string; leaseSeconds: number }
  openRun(running: Running): Promise<OpenRun>
  abandonRun(claim: Running['claim'], error: unknown): Promise<void>
  /** Resumes the turn after a decision that no run has taken up. */
  wake(of: { conversation_id: string; user_id: string }): Promise<void>
  log: Logger
}

export type Recovery = {
  /** Takes over what engines that died have left: their runs, the writes of ended runs, decisions without a run. */
  recover(closing: AbortSignal): Promise<void>
}

export function createRecovery({ db, tail, active, lease, openRun, abandonRun, wake, log }: Ports): Recovery {
  async function takeOver(runId: string): Promise<void> {
    if (active.isActive(runId)) return
    const claim = await claimRun(db, runId, lease)
    if (claim === undefined) return
    log.info({ run_id: runId, epoch: claim.epoch }, 'A run was taken over')
    try {
      const nextId = await nextEventId({ db, tail }, runId)
      active.begin({ claim, nextId, request: await readRequest(db, claim.conversation_id) })
    } catch (error) {
      await abandonRun(claim, error)
    }
  }

  /** The writes of an ended run whose engine died while it waited for them. */
  async function settle(runId: string): Promise<void> {
    if (active.isTrailing(runId)) return
    const claim = await claimRun(db, runId, { ...lease, status: 'ended' })
    if (claim === undefined) return
    log.info({ run_id: runId, epoch: claim.epoch }, 'The writes of an ended run are reconciled')
    const request = await readRequest(db, claim.conversation_id)
    const { signal } = new AbortController() // nobody stops a run that has ended
    const nextId = await nextEventId({ db, tail }, runId)
    const run = await openRun({ claim, request, signal, nextId, background: new Set([]) })
    active.trail(claim, [run.calls.settleWrites({ isGivenUp: isGivenUp(claim) }).finally(() => run.log.close())])
  }

  /** A fault with one item keeps none of the others from being recovered. */
  async function eachByItself<Item>(items: readonly Item[], recover: (item: Item) => Promise<void>): Promise<void> {
    const recovered = items.map((item) =>
      recover(item).catch((error: unknown) => log.error({ err: error, of: item }, 'A run could not be recovered')),
    )
    await Promise.all(recovered)
  }

  return {
    recover: async (closing) => {
      const unlessClosing = (recover: (runId: string) => Promise<void>) => async (runId: string) => {
        if (!closing.aborted) await recover(runId)
      }
      await eachByItself(await readAbandonedRuns(db), unlessClosing(takeOver))
      await eachByItself(await readUnsettledRuns(db), unlessClosing(settle))
      await eachByItself(await readStrandedDecisions(db, lease.leaseSeconds), wake)
    },
  }
}
