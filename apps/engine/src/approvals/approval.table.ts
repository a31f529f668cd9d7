import type { Required, TaintMark } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../db/columns.ts'
import { toolCalls } from '../event-log/record/tool-call.table.ts'
import type { SealedTexts } from './sealed-texts.ts'

export const approvalStatuses = ['pending', 'approved', 'denied', 'expired', 'cancelled', 'stale'] as const
export type ApprovalStatus = (typeof approvalStatuses)[number]

/** What a person is asked for one revision of a call; `status` moves once, by compare-and-set. */
export const approvals = pgTable(
  'approvals',
  {
    call_id: varchar('call_id', { length: 128 })
      .notNull()
      .references(() => toolCalls.call_id, { onDelete: 'cascade' }),
    revision: integer('revision').notNull(),
    /** Null for a write of the engine's own. */
    conversation_id: uuid('conversation_id'),
    /** Who asked: the owner of the conversation. */
    user_id: uuid('user_id').notNull(),
    /** First line of the request it came from, redacted. */
    request: text('request').notNull(),
    /** Null only for a denial that came before the effect was known. */
    effect: jsonb('effect').$type<Effect>(),
    effect_digest: varchar('effect_digest', { length: 64 }),
    /** What the masks of `effect` hide, sealed, in their order: for whoever may decide, and on no other way out. */
    seals: jsonb('seals').$type<SealedTexts>(),
    required: jsonb('required').$type<Required>().notNull(),
    policies: text('policies').array().notNull(),
    taint: jsonb('taint').$type<TaintMark[]>().notNull(),
    expires_at: time('expires_at'),
    status: varchar('status', { length: 10, enum: approvalStatuses }).notNull().default('pending'),
    decided_by: text('decided_by'),
    decided_at: time('decided_at'),
    reason: text('reason'),
    /** When the run told its stream of the decision. */
    announced_at: time('announced_at'),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.call_id, table.revision] }),
    index('approvals_waiting').on(table.status, table.expires_at),
    index('approvals_of_user').on(table.user_id, table.status, table.expires_at),
    index('approvals_unheeded')
      .on(table.decided_at)
      .where(sql`${table.announced_at} is null and ${table.status} in ('approved', 'denied')`),
  ],
)

/** One vote a person and revision; insert only. */
export const votes = pgTable(
  'votes',
  {
    call_id: varchar('call_id', { length: 128 }).notNull(),
    revision: integer('revision').notNull(),
    user_id: uuid('user_id').notNull(),
    email: text('email').notNull(),
    approve: boolean('approve').notNull(),
    reason: text('reason'),
    args_digest: varchar('args_digest', { length: 64 }).notNull(),
    effect_digest: varchar('effect_digest', { length: 64 }),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.call_id, table.revision, table.user_id] })],
)
