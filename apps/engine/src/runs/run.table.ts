import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core'
import { conversations } from '../conversations/conversation.table.ts'
import { time } from '../db/columns.ts'

export const runStatuses = ['running', 'ended'] as const
export const runEnds = ['completed', 'awaiting_approval', 'stopped', 'error'] as const
export type RunEnd = (typeof runEnds)[number]

/** Why a run was started, and what it works on. */
export type RunCause = { kind: 'chat' } | { kind: 'decision' } | { kind: 'undo'; call_id: string }

/** The durable life around the loop. An engine owns it while its lease lasts; `epoch` fences every write. */
export const runs = pgTable(
  'runs',
  {
    id: uuid('id').primaryKey(),
    conversation_id: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    user_id: uuid('user_id').notNull(),
    cause: jsonb('cause').$type<RunCause>().notNull(),
    status: varchar('status', { length: 10, enum: runStatuses }).notNull().default('running'),
    engine: text('engine'),
    epoch: integer('epoch').notNull().default(0),
    lease_until: time('lease_until'),
    position: jsonb('position').$type<unknown>(),
    /** Engines that held the run and died, or lost it; counted anew for the writes that its end has left open. */
    takeovers: integer('takeovers').notNull().default(0),
    stop_requested_at: time('stop_requested_at'),
    started_at: time('started_at').notNull().defaultNow(),
    ended_at: time('ended_at'),
    end_status: varchar('end_status', { length: 20, enum: runEnds }),
    error: text('error'),
  },
  (table) => [
    uniqueIndex('runs_one_active').on(table.conversation_id).where(sql`${table.status} = 'running'`),
    index('runs_conversation').on(table.conversation_id, table.started_at),
    index('runs_lease').on(table.lease_until).where(sql`${table.status} = 'running'`),
  ],
)
