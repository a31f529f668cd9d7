import { pgTable, text } from 'drizzle-orm/pg-core'
import { time } from './columns.ts'

/** Work that one engine at a time does for all: sealing, heads, expiry. */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  engine: text('engine').notNull(),
  until: time('until').notNull(),
})
