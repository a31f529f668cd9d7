import { inArray } from 'drizzle-orm'
import type { Db } from '../../db/database.ts'
import { runText } from './message.table.ts'
import { runEvents } from './run-event.table.ts'

/** Removes what these runs have streamed, and the words under way. */
export async function removeRunEvents(tx: Db, runIds: readonly string[]): Promise<void> {
  for (const table of [runText, runEvents]) await tx.delete(table).where(inArray(table.run_id, [...runIds]))
}
