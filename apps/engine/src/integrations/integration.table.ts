import { jsonb, pgTable, uuid, varchar } from 'drizzle-orm/pg-core'
import { users } from '../auth/user.table.ts'
import { time } from '../db/columns.ts'

/** Other systems that the agent reaches; one of each kind. */
export const integrations = pgTable('integrations', {
  id: uuid('id').primaryKey(),
  /** Who made it; it outlives them. */
  user_id: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
  provider: varchar('provider', { length: 50 }).notNull().unique(),
  name: varchar('name', { length: 100 }),
  metadata: jsonb('metadata').$type<Record<string, unknown>>(),
  /** `<namespace>/<name>` of the Secret that holds the login. */
  credentials_ref: varchar('credentials_ref', { length: 255 }).notNull(),
  status: varchar('status', { length: 20, enum: ['active', 'disabled'] })
    .notNull()
    .default('active'),
  created_at: time('created_at').notNull().defaultNow(),
  updated_at: time('updated_at').notNull().defaultNow(),
})
