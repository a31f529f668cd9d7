import type { PinnedTool } from '@fairlead/contract/endpoints/mcp-servers'
import { boolean, jsonb, pgTable, primaryKey, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../db/columns.ts'

/** MCP servers beside that of the release. Nobody but an administrator vouches for their tools. */
export const mcpServers = pgTable('mcp_servers', {
  id: uuid('id').primaryKey(),
  name: varchar('name', { length: 31 }).notNull().unique(),
  url: text('url').notNull(),
  /** The variable of the engine's environment that holds the bearer token. */
  token_env: text('token_env'),
  enabled: boolean('enabled').notNull().default(true),
  created_at: time('created_at').notNull().defaultNow(),
  updated_at: time('updated_at').notNull().defaultNow(),
})

/** Tools as an administrator has vouched for them. */
export const toolPins = pgTable(
  'tool_pins',
  {
    server_id: uuid('server_id')
      .notNull()
      .references(() => mcpServers.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    digest: varchar('digest', { length: 64 }).notNull(),
    pinned: jsonb('pinned').$type<PinnedTool>().notNull(),
    /** E-mail at that time. */
    pinned_by: text('pinned_by').notNull(),
    pinned_at: time('pinned_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.server_id, table.name] })],
)
