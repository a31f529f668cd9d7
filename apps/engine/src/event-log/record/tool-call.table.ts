import type { BlobRef, CallClass, CallStatus, ResultBlock } from '@fairlead/contract/call/call'
import type { ObjectOutcome, Outcome, Verification } from '@fairlead/contract/effect/effect'
import { boolean, index, integer, jsonb, pgTable, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { conversations } from '../../conversations/conversation.table.ts'
import { time } from '../../db/columns.ts'

/** One row per call that the model (or an undo) proposed. `status` and `revision` move forward only. */
export const toolCalls = pgTable(
  'tool_calls',
  {
    call_id: varchar('call_id', { length: 128 }).primaryKey(),
    conversation_id: uuid('conversation_id').references(() => conversations.id, { onDelete: 'cascade' }),
    message_id: uuid('message_id'),
    run_id: uuid('run_id').notNull(),
    turn_id: uuid('turn_id'),
    ordinal: integer('ordinal').notNull(),
    /** The provider's own id of the call, as it must go back to it. */
    provider_id: text('provider_id').notNull(),
    server: text('server').notNull(),
    tool: text('tool').notNull(),
    title: text('title').notNull(),
    tool_digest: text('tool_digest'),
    class: varchar('class', { length: 5 }).$type<CallClass>().notNull(),
    args: jsonb('args').$type<Record<string, unknown>>().notNull(),
    args_digest: varchar('args_digest', { length: 64 }).notNull(),
    /** Why the call can never run (unknown tool, bad arguments); found when it was proposed. */
    fault: text('fault'),
    status: varchar('status', { length: 20 }).$type<CallStatus>().notNull().default('pending'),
    revision: integer('revision').notNull().default(1),
    /** The call whose undo this one is. */
    undoes: varchar('undoes', { length: 128 }),
    outcome: varchar('outcome', { length: 10 }).$type<Outcome>(),
    result: jsonb('result').$type<ResultBlock[]>(),
    error: text('error'),
    objects: jsonb('objects').$type<ObjectOutcome[]>(),
    recovered: boolean('recovered'),
    verdict: jsonb('verdict').$type<Verification>(),
    progress: jsonb('progress').$type<{ bytes: number; blob: BlobRef }>(),
    /** What the model reads of its end; differs from `result` by delimiting, cutting and the verdict. */
    tool_message: text('tool_message'),
    started_at: time('started_at'),
    ended_at: time('ended_at'),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    index('tool_calls_conversation').on(table.conversation_id, table.created_at),
    // Open calls are found among any number of closed ones.
    index('tool_calls_status').on(table.conversation_id, table.status),
    index('tool_calls_turn').on(table.turn_id),
    index('tool_calls_message').on(table.message_id),
    index('tool_calls_run').on(table.run_id),
    index('tool_calls_undoes').on(table.undoes),
  ],
)
