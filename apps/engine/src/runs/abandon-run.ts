import { RunInterrupted } from '@fairlead/agent/abort'
import type { Logger } from '@fairlead/service-kit/logger'
import type { Db } from '../db/database.ts'
import type { RecordText } from '../event-log/record-text.ts'
import { tailKey } from '../event-log/run-log.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'
import { type ClosingOf, endRunAlone } from './close-run.ts'
import { GIVEN_UP } from './execute-run.ts'
import { nextEventId } from './next-event-id.ts'
import { openLog, type Running } from './open-run.ts'
import { hasFailedToEnd, releaseRun } from './run-rows.ts'

type Ports = { db: Db; tail: LiveTail; recordText: RecordText; now(): number; closingOf: ClosingOf; log: Logger }

/**
 * What becomes of a run that this engine no longer works on, because of that error. Never rejects. A closing engine gives
 * the run back. A run whose end could not be written either is ended without its calls, so that nobody takes it up again.
 */
export function createAbandonRun({ db, tail, recordText, now, closingOf, log }: Ports) {
  async function endAlone(claim: Running['claim']): Promise<void> {
    const runLog = openLog({ db, tail, recordText, now }, claim, await nextEventId({ db, tail }, claim.run_id))
    await endRunAlone({ log: runLog, closingOf }, claim, GIVEN_UP).finally(() => runLog.close())
  }
  return async (claim: Running['claim'], error: unknown): Promise<void> => {
    const reason = error instanceof RunInterrupted ? error.reason : 'lost-ownership'
    const ids = { run_id: claim.run_id, conversation_id: claim.conversation_id }
    tail.letGo(tailKey(claim.run_id))
    if (reason === 'shutting-down')
      await releaseRun(db, claim).catch((fault: unknown) => log.error({ err: fault }, 'A run was not given back'))
    else log.warn({ err: error, ...ids }, 'This engine no longer works on the run')
    if (reason === 'lost-ownership' && hasFailedToEnd(claim))
      await endAlone(claim).catch((fault: unknown) => log.error({ err: fault, ...ids }, 'A run could not be ended'))
  }
}
