import { and, eq, gt } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { encodeEvent, type RunIds, wireEvent } from '../tail/encode-event.ts'
import type { TailEntry } from '../tail/live-tail.ts'
import { runEvents } from './run-event.table.ts'

/** The event that gave the conversation its title, if the run recorded it after that id: nothing else follows a run's end. */
export async function readTitleEvent(db: Db, ids: RunIds, after: number): Promise<TailEntry[]> {
  const rows = await db
    .select({ id: runEvents.id, data: runEvents.data, at: runEvents.at })
    .from(runEvents)
    .where(
      and(
        eq(runEvents.run_id, ids.run_id),
        gt(runEvents.id, after),
        eq(runEvents.type, 'conversation.title.generated'),
      ),
    )
  return rows.map(({ id, data, at }) => {
    const title = String(data.title)
    return encodeEvent(id, wireEvent(ids, { type: 'conversation.title.generated', title }, at.getTime()))
  })
}
