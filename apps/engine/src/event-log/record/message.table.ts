import { bigint, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid, varchar } from 'drizzle-orm/pg-core'
import { conversations } from '../../conversations/conversation.table.ts'
import { time } from '../../db/columns.ts'

/** What was said, in order; insert only. An assistant's words stand in its segments. */
export const messages = pgTable(
  'messages',
  {
    id: uuid('id').primaryKey(),
    conversation_id: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    role: varchar('role', { length: 50, enum: ['system', 'user', 'assistant'] }).notNull(),
    content: text('content').notNull().default(''),
    sequence: integer('sequence').notNull(),
    message_metadata: jsonb('message_metadata').$type<Record<string, unknown>>(),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [unique('messages_sequence').on(table.conversation_id, table.sequence)],
)

/** The pieces of an assistant message in order; insert only. */
export const segments = pgTable(
  'segments',
  {
    id: uuid('id').primaryKey(),
    message_id: uuid('message_id')
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    run_id: uuid('run_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    kind: varchar('kind', { length: 10, enum: ['text', 'thinking', 'tool'] }).notNull(),
    text: text('text'),
    call_id: varchar('call_id', { length: 128 }),
    duration_ms: integer('duration_ms'),
    /** Id of the last stream event that carried a piece of it. */
    event_id: bigint('event_id', { mode: 'number' }),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [unique('segments_ordinal').on(table.message_id, table.ordinal), index('segments_run').on(table.run_id)],
)

/** Pieces of the generation under way; gone when its segments are written or it is void. */
export const runText = pgTable(
  'run_text',
  {
    run_id: uuid('run_id').notNull(),
    n: integer('n').notNull(),
    kind: varchar('kind', { length: 10, enum: ['text', 'thinking'] }).notNull(),
    text: text('text').notNull(),
    event_id: bigint('event_id', { mode: 'number' }).notNull(),
    /** Pieces of that kind so far. */
    pieces: integer('pieces').notNull(),
  },
  (table) => [primaryKey({ columns: [table.run_id, table.n] })],
)
