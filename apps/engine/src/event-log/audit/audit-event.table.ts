import { sql } from 'drizzle-orm'
import { bigint, check, index, jsonb, pgTable, smallint, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../../db/columns.ts'

/** The first number that is read as Infinity, in all its digits: below it, a number is read as the largest double. */
const NO_DOUBLE = 2n ** 1024n - 2n ** 970n
const pathToNoDouble = sql.raw(`'strict $.** ? (@.type() == "number" && (@ >= ${NO_DOUBLE} || @ <= -${NO_DOUBLE}))'`)

/**
 * Who did what. Inserted unsealed; one sealer gives `seq` and the hash chain in commit order. The database refuses every
 * other change. No foreign keys: deleting a conversation or a user never touches it.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid('id').primaryKey(),
    at: time('at').notNull(),
    actor: text('actor').notNull(),
    actor_ip: text('actor_ip'),
    /** Whose account or conversation it concerns: what a person without the audit right may see. */
    user_id: uuid('user_id'),
    conversation_id: uuid('conversation_id'),
    run_id: uuid('run_id'),
    call_id: varchar('call_id', { length: 128 }),
    type: varchar('type', { length: 40 }).notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull(),
    seq: bigint('seq', { mode: 'number' }).unique(),
    prev_hash: varchar('prev_hash', { length: 64 }),
    hash: varchar('hash', { length: 64 }),
    /** How it was sealed: null is the first format, in which the hash does not cover `user_id`. */
    format: smallint('format'),
  },
  (table) => [
    // What stood before the first row would be told to readers, and be no part of the chain.
    check('audit_events_seq', sql`${table.seq} >= 1`),
    // What is read as no number or no date has no hash, and such a row could never be sealed. All else is let in: sealing
    // asks for these again, and would stop at a row that is refused and stood there before they did.
    check('audit_events_numbers', sql`not jsonb_path_exists(${table.data}, ${pathToNoDouble})`),
    check('audit_events_time', sql`${table.at} between '0001-01-01T00:00:00Z' and '275760-09-13T00:00:00Z'`),
    index('audit_events_at').on(table.at, table.id),
    index('audit_events_conversation').on(table.conversation_id),
    index('audit_events_run').on(table.run_id),
    index('audit_events_call').on(table.call_id),
    index('audit_events_user').on(table.user_id, table.at),
    index('audit_events_unpinned').on(table.at).where(sql`${table.type} = 'tool.unpinned'`),
    index('audit_events_signing_keys').on(table.at).where(sql`${table.type} = 'signing_key.added'`),
    index('audit_events_unsealed').on(table.at, table.id).where(sql`${table.seq} is null`),
  ],
)

/** Signed heads of the chain as they went to the sinks. Insert only. */
export const auditHeads = pgTable('audit_heads', {
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  hash: varchar('hash', { length: 64 }).notNull(),
  at: time('at').notNull(),
  jws: text('jws').notNull(),
})
