import { inArray } from 'drizzle-orm'
import type { Db } from '../db/database.ts'
import { users } from './user.table.ts'

export type Person = {
  id: string
  email: string
  full_name: string | null
  groups: string[]
  view_only: boolean
  is_verified: boolean
  is_active: boolean
}

/** People by their current rows; ids that are nobody's are left out. */
export async function readPeople(db: Db, ids: readonly string[]): Promise<Map<string, Person>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({
      id: users.id,
      email: users.email,
      full_name: users.full_name,
      groups: users.groups,
      view_only: users.view_only,
      is_verified: users.is_verified,
      is_active: users.is_active,
    })
    .from(users)
    .where(inArray(users.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}
