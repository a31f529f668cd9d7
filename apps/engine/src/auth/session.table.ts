import { index, pgTable, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../db/columns.ts'
import { users } from './user.table.ts'

/** One sign-in; access tokens name it, so revoking it kills them at the next request. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    address: text('address'),
    user_agent: text('user_agent'),
    created_at: time('created_at').notNull().defaultNow(),
    last_used_at: time('last_used_at').notNull().defaultNow(),
    revoked_at: time('revoked_at'),
  },
  (table) => [index('sessions_user').on(table.user_id)],
)

/** Refresh tokens by their SHA-256; rotation is one conditional update. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    id: uuid('id').primaryKey(),
    token_hash: varchar('token_hash', { length: 64 }).notNull().unique(),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    session_id: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    expires_at: time('expires_at').notNull(),
    revoked_at: time('revoked_at'),
    /** When it was exchanged for a successor; a late twin within 30 s is a lost race, later it is reuse. */
    replaced_at: time('replaced_at'),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [index('refresh_tokens_session').on(table.session_id)],
)
