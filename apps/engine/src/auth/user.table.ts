import { sql } from 'drizzle-orm'
import { boolean, pgTable, text, uuid, varchar } from 'drizzle-orm/pg-core'
import { time } from '../db/columns.ts'

/** People. E-mails are stored lower case. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  email: varchar('email', { length: 255 }).notNull().unique(),
  hashed_password: varchar('hashed_password', { length: 255 }),
  full_name: varchar('full_name', { length: 255 }),
  is_active: boolean('is_active').notNull().default(true),
  is_superuser: boolean('is_superuser').notNull().default(false),
  is_verified: boolean('is_verified').notNull().default(false),
  role: varchar('role', { length: 20 }).notNull().default('member'),
  grants: text('grants').array().notNull().default(sql`'{}'`),
  view_only: boolean('view_only').notNull().default(false),
  oidc_issuer: text('oidc_issuer'),
  oidc_subject: text('oidc_subject'),
  groups: text('groups').array().notNull().default(sql`'{}'`),
  created_at: time('created_at').notNull().defaultNow(),
  updated_at: time('updated_at').notNull().defaultNow(),
})
