import { doublePrecision, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { conversations } from '../../conversations/conversation.table.ts'
import { time } from '../../db/columns.ts'

/** Token counts of one generation as the provider reported them. */
export type TurnUsage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  cached_tokens: number | null
}

/** One row per generation, insert only: what the model said in its provider's own shape. */
export const turns = pgTable(
  'turns',
  {
    id: uuid('id').primaryKey(),
    conversation_id: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    message_id: uuid('message_id').notNull(),
    run_id: uuid('run_id').notNull(),
    ordinal: integer('ordinal').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    content: text('content').notNull(),
    reasoning: text('reasoning').notNull(),
    /** The provider's own message as it came, reasoning and signatures included; null when the neutral one says it all. */
    body: jsonb('body').$type<unknown>(),
    /** A nudge that led to this turn; not in the timeline. */
    nudge: text('nudge'),
    usage: jsonb('usage').$type<TurnUsage>(),
    cost: doublePrecision('cost').notNull().default(0),
    ttft_ms: integer('ttft_ms'),
    created_at: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('turns_ordinal').on(table.conversation_id, table.ordinal),
    index('turns_message').on(table.message_id),
    index('turns_run').on(table.run_id),
  ],
)
