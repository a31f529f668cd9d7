import type { Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { Db } from '../db/database.ts'
import { type NewAuditEvent, recordAudit } from '../event-log/audit/record-audit.ts'
import type { RunLog } from '../event-log/run-log.ts'

/** A run that this engine holds, as far as its calls need to know it; `epoch` fences every write. */
export type HeldRun = { run_id: string; conversation_id: string; user_id: string; epoch: number; started_at: Date }

export type StepAudit = Omit<NewAuditEvent, 'conversation_id' | 'run_id' | 'user_id'>

export type Step = {
  /** Undefined for the step that ends the run: no position is left behind. */
  position: Position | undefined
  /** The fence of the step that ends the run; every other step is fenced by the position that it writes. */
  hold?: (tx: Db) => Promise<void>
  /** True rolls the step back before its facts: the record has changed since the step was planned. */
  unless?: (tx: Db) => Promise<boolean>
  facts?: (tx: Db) => Promise<unknown>
  events?: readonly RunEventBody[]
  audit?: readonly StepAudit[]
}

/**
 * Commits facts, position, events and audit in one transaction, then sends the events to the live tail. False when
 * `unless` kept it from happening. Throws `LeaseLost` when the run is another engine's.
 */
export type CommitStep = (step: Step) => Promise<boolean>

export type RunRecord = {
  commitStep: CommitStep
  /**
   * For a run that was deleted with its conversation: facts and audit alone, since the audit stays. False when the run is
   * still there, and then nothing is written.
   */
  commitDeleted(step: Pick<Step, 'facts' | 'audit'>): Promise<boolean>
}

type Options = {
  db: Db
  run: HeldRun
  log: Pick<RunLog, 'commit'>
  /** Keeps the position, and throws `LeaseLost` when the run is another engine's. */
  hold(tx: Db, position: Position | undefined): Promise<void>
  isDeleted(): Promise<boolean>
}

/** The one way in which a step of a run reaches the record. */
export function createRunRecord({ db, run, log, hold, isDeleted }: Options): RunRecord {
  const ids = auditIds(run)
  const withIds = (audit: readonly StepAudit[] = []) => audit.map((event) => ({ ...event, ...ids }))
  return {
    commitStep: async ({ position, hold: holdAtEnd, unless, facts, events, audit }) =>
      await log.commit({
        hold: holdAtEnd ?? ((tx) => hold(tx, position)),
        unless,
        facts,
        events,
        audit: withIds(audit),
      }),
    commitDeleted: async ({ facts, audit }) => {
      if (!(await isDeleted())) return false
      await db.transaction(async (tx) => {
        await facts?.(tx)
        await recordAudit(tx, withIds(audit))
      })
      return true
    },
  }
}

export function auditIds({ run_id, conversation_id, user_id }: Omit<HeldRun, 'epoch' | 'started_at'>) {
  return { conversation_id, run_id, user_id }
}
