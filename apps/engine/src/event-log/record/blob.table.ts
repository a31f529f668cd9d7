import { sql } from 'drizzle-orm'
import { check, customType, integer, pgTable, text, varchar } from 'drizzle-orm/pg-core'

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

/** Large bodies by digest, redacted, stored once, insert only. */
export const blobs = pgTable(
  'blobs',
  {
    sha256: varchar('sha256', { length: 64 }).primaryKey(),
    content_type: text('content_type').notNull(),
    bytes: integer('bytes').notNull(),
    body: bytea('body').notNull(),
  },
  ({ sha256, bytes, body }) => [
    check('blobs_digest', sql`${sha256} = encode(sha256(${body}), 'hex') and ${bytes} = octet_length(${body})`),
  ],
)
