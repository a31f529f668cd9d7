import { timestamp } from 'drizzle-orm/pg-core'

/**
 * A point in time with millisecond precision: what a JavaScript date can carry, so that a value read back and put into
 * a cursor is equal to the one in the row.
 */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
