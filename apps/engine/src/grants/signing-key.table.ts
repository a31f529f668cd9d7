import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { time } from '../db/columns.ts'

/** Public keys that ever signed: exports are checked with them long after a rotation. */
export const signingKeys = pgTable('signing_keys', {
  kid: text('kid').primaryKey(),
  jwk: jsonb('jwk').$type<Record<string, unknown>>().notNull(),
  first_seen_at: time('first_seen_at').notNull().defaultNow(),
})
