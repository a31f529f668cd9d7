import type { Db } from '../db/database.ts'
import { tailKey } from '../event-log/run-log.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'
import { lastRecordedEventId } from './run-rows.ts'

/** How far ids jump where a lost tail may have shown more of them than the record knows. */
const LOST_TAIL_GAP = 1_000_000

/** The id from which a take-over goes on. */
export async function nextEventId(
  { db, tail }: { db: Db; tail: Pick<LiveTail, 'takeOver'> },
  runId: string,
): Promise<number> {
  const recorded = await lastRecordedEventId(db, runId)
  // An unreachable tail is as good as a lost one: its readers get the record.
  const shown = await tail.takeOver(tailKey(runId)).catch(() => undefined)
  return shown === undefined ? recorded + LOST_TAIL_GAP : Math.max(recorded, shown) + 1
}
