import type { GrantClaims } from '@fairlead/contract/call/grant'
import type { ObjectOutcome } from '@fairlead/contract/effect/effect'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../../db/columns.ts'

export const attemptOutcomes = ['succeeded', 'failed', 'stale', 'unknown'] as const

/** One execution of a granted call; committed before the grant leaves the engine. */
export const attempts = pgTable(
  'attempts',
  {
    /** The `jti` of its first grant. */
    id: uuid('id').primaryKey(),
    call_id: varchar('call_id', { length: 128 }).notNull(),
    revision: integer('revision').notNull(),
    run_id: uuid('run_id').notNull(),
    engine: text('engine').notNull(),
    epoch: integer('epoch').notNull(),
    /** Claims of the grant that was sent last. */
    grant: jsonb('grant').$type<GrantClaims>().notNull(),
    started_at: time('started_at').notNull().defaultNow(),
    ended_at: time('ended_at'),
    outcome: varchar('outcome', { length: 10, enum: attemptOutcomes }),
    objects: jsonb('objects').$type<ObjectOutcome[]>(),
    recovered: boolean('recovered'),
  },
  (table) => [
    index('attempts_call').on(table.call_id, table.revision),
    index('attempts_open').on(table.run_id).where(sql`${table.ended_at} is null`),
  ],
)
