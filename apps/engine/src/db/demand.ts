import { type Placeholder, type SQL, sql } from 'drizzle-orm'

const DEMAND_FAILED = 'FL001'

/** An expression that ends its transaction, under this name, unless the fact is true. */
export function demand(fact: SQL, fault: string | Placeholder): SQL<null> {
  return sql<null>`demand(${fact}, ${typeof fault === 'string' ? sql.raw(`'${fault}'`) : fault})`
}

/** Whether a statement was refused by the demand of that name. */
export function isDemandOf(error: unknown, fault: string): boolean {
  if (!(error instanceof Error)) return false
  if ((error as { code?: unknown }).code === DEMAND_FAILED) return error.message === fault
  return isDemandOf(error.cause, fault)
}
