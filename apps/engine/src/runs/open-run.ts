import { type Calls, composeCalls } from '../calls/compose-calls.ts'
import { auditIds, createRunRecord, type RunRecord } from '../calls/run-record.ts'
import type { RunUser } from '../calls/run-user.ts'
import { findPlace, newMessagePlace } from '../event-log/record/write-messages.ts'
import { RunLog } from '../event-log/run-log.ts'
import type { Writing } from './commit-turn.ts'
import type { RunParts } from './run-parts.ts'
import { type Claim, holdRun, readRun } from './run-rows.ts'
import type { Opening } from './start-run.ts'

export type Running = {
  claim: Claim & { takeovers?: number }
  /** The id that the run's next event gets. */
  nextId: number
  /** First line of the user's message, redacted: what approvers see of it. */
  request: string
  opening?: Opening
  signal: AbortSignal
  /** Work that outlives the run's stream. */
  background: Set<Promise<unknown>>
}

/** One run that this engine works on: `log` is to be closed. */
export type OpenRun = {
  log: RunLog
  record: RunRecord
  calls: Calls
  writing: Writing
  /** The requester as the last turn has read them. */
  person: { user: RunUser }
}

/** The one writer of a run that this engine holds; to be closed. */
export function openLog(
  { db, tail, now, recordText }: Pick<RunParts, 'db' | 'tail' | 'now' | 'recordText'>,
  claim: Claim,
  nextId: number,
): RunLog {
  const { run_id, conversation_id } = claim
  return new RunLog({
    ...{ run_id, conversation_id, db, tail, nextId, now },
    fence: (tx) => holdRun(tx, claim),
    recordText: (shown) => recordText(claim, shown),
  })
}

/** The composition of one run. */
export async function openRun(parts: RunParts, running: Running): Promise<OpenRun> {
  const { db, readUser } = parts
  const { claim, opening, request, signal, background } = running
  const log = openLog(parts, claim, running.nextId)
  const [user, place] = opening
    ? [opening.user, newMessagePlace]
    : await Promise.all([readUser(db, claim.user_id), findPlace(db, claim.conversation_id)])
  if (user === undefined) throw new Error(`Run ${claim.run_id} belongs to nobody`)
  const person = { user }
  const record = createRunRecord({
    db,
    run: claim,
    log,
    hold: (tx, position) => holdRun(tx, claim, position),
    isDeleted: async () => (await readRun(db, claim.run_id)) === undefined,
  })
  const calls = composeCalls(parts, {
    run: claim,
    record,
    runLog: log,
    request,
    requester: () => person.user,
    signal,
    goOnInBackground: (work) => background.add(work),
    log: parts.log.child(auditIds(claim)),
  })
  return { log, record, calls, writing: { place }, person }
}
