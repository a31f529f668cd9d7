import { and, eq, gt } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { prepared, type Slots } from '../../db/prepared.ts'
import { encodeEvent, type RunIds, wireEvent } from '../tail/encode-event.ts'
import type { TailEntry } from '../tail/live-tail.ts'
import { runEvents } from './run-event.table.ts'

type After = { runId: string; after: number }

const titleEvent = prepared((db, of: Slots<After>) =>
  db
    .select({ id: runEvents.id, data: runEvents.data, at: runEvents.at })
    .from(runEvents)
    .where(
      and(
        eq(runEvents.run_id, of.runId),
        gt(runEvents.id, of.after),
        eq(runEvents.type, 'conversation.title.generated'),
      ),
    ),
)

/** The event that gave the conversation its title, if the run recorded it after that id: nothing else follows a run's end. */
export async function readTitleEvent(db: Db, ids: RunIds, after: number): Promise<TailEntry[]> {
  const rows = await titleEvent(db, { runId: ids.run_id, after })
  return rows.map(({ id, data, at }) => {
    const title = String(data.title)
    return encodeEvent(id, wireEvent(ids, { type: 'conversation.title.generated', title }, at.getTime()))
  })
}
