import { bigint, jsonb, pgTable, primaryKey, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../../db/columns.ts'

/**
 * Every event of a run but the text pieces, with the id it had on the stream: what a reader is given when the live tail
 * is gone. Insert only. Bodies that stand in another row (an effect, a result, a text) are left out of `data`;
 * of the text pieces only their ids and lengths are kept, in rows of type `token` and `thinking`.
 */
export const runEvents = pgTable(
  'run_events',
  {
    run_id: uuid('run_id').notNull(),
    id: bigint('id', { mode: 'number' }).notNull(),
    type: varchar('type', { length: 40 }).notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    at: time('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.run_id, table.id] })],
)
