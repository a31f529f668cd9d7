import type { Logger } from '@fairlead/service-kit/logger'
import { expireApprovals } from './approvals/expire-approvals.ts'
import { endLostWrites } from './calls/own-write/end-lost-writes.ts'
import type { EngineConfig } from './config.ts'
import type { Db } from './db/database.ts'
import { runHeads } from './event-log/audit/run-heads.ts'
import { runLeased } from './event-log/audit/run-leased.ts'
import { runSealer } from './event-log/audit/run-sealer.ts'
import { headSinks } from './event-log/audit/sinks.ts'
import type { openGrants } from './grants/open-grants.ts'
import type { Runs } from './runs/runs.ts'

const EXPIRY_ROUND_MS = 60_000
const LOST_WRITES_ROUND_MS = 60_000

type BackgroundWork = {
  config: Readonly<EngineConfig>
  engineId: string
  db: Db
  runs: Runs
  grants: Awaited<ReturnType<typeof openGrants>>
  decisions: Parameters<typeof expireApprovals>[0]
  /** Ends all of it. */
  signal: AbortSignal
  log: Logger
}

/** What goes on without anybody asking. Resolves when all of it has ended, behind the abort. */
export async function runBackgroundWork(of: BackgroundWork): Promise<void> {
  const { config, db, signal, log } = of
  const onError = (error: unknown) => log.error({ err: error }, 'A background work failed')
  const leased = { db, engine: of.engineId, signal, onError }
  await Promise.all([
    of.runs.work(signal),
    runSealer(leased),
    runHeads({
      ...leased,
      seconds: config.AUDIT_HEAD_SECONDS,
      sign: of.grants.signHead,
      sinks: headSinks(config.AUDIT_SINKS),
    }),
    runLeased({
      ...leased,
      name: 'approval-expiry',
      everyMs: EXPIRY_ROUND_MS,
      work: () => expireApprovals(of.decisions),
    }),
    runLeased({ ...leased, name: 'lost-writes', everyMs: LOST_WRITES_ROUND_MS, work: () => endLostWrites(db) }),
  ])
}
