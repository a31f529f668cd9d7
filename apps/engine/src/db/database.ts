import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/**
 * The database as the rooms see it: Postgres or PGlite, nobody below the composition root asks which. A transaction is
 * one too, so a function that takes a `Db` can be part of its caller's transaction. Inside a transaction only its own
 * handle may be used: on PGlite the outer one would wait for ever.
 */
export type Db = PgDatabase<PgQueryResultHKT>
