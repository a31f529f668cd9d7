import type { LoadedToolsets } from '@fairlead/agent/position'
import { boolean, index, jsonb, pgTable, uuid, varchar } from 'drizzle-orm/pg-core'
import { users } from '../auth/user.table.ts'
import { time } from '../db/columns.ts'
import { newToolsets } from './new-toolsets.ts'

export const conversations = pgTable(
  'conversations',
  {
    id: uuid('id').primaryKey(),
    title: varchar('title', { length: 255 }),
    user_id: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    is_active: boolean('is_active').notNull().default(true),
    conversation_metadata: jsonb('conversation_metadata').$type<Record<string, unknown>>(),
    /** Toolsets that the model has loaded. */
    toolsets: jsonb('toolsets').$type<LoadedToolsets>().notNull().default(newToolsets),
    created_at: time('created_at').notNull().defaultNow(),
    updated_at: time('updated_at').notNull().defaultNow(),
  },
  (table) => [index('conversations_by_owner').on(table.user_id, table.updated_at.desc(), table.id.desc())],
)

/** Ids that were used and deleted: none of them ever names another conversation. */
export const deletedConversations = pgTable('deleted_conversations', {
  id: uuid('id').primaryKey(),
  user_id: uuid('user_id').notNull(),
  deleted_at: time('deleted_at').notNull().defaultNow(),
})
