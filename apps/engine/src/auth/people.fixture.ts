import { randomUUID } from 'node:crypto'
import type { Db } from '../db/database.ts'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import { users } from './user.table.ts'

export type People = {
  /** Stores a user; its access token is its id. */
  add(overrides?: Partial<AuthenticatedUser>): Promise<AuthenticatedUser>
  authenticate(token: string): Promise<AuthenticatedUser | undefined>
}

/** Users that are signed in already, for tests of what comes after. */
export function signedInPeople(db: Db): People {
  const people = new Map<string, AuthenticatedUser>()
  return {
    add: async (overrides = {}) => {
      const id = randomUUID()
      const person: AuthenticatedUser = {
        id,
        email: `${id}@example.com`,
        full_name: null,
        role: 'member',
        is_active: true,
        is_superuser: false,
        is_verified: true,
        grants: [],
        view_only: false,
        groups: [],
        created_at: new Date(),
        session_id: randomUUID(),
        access_expires_at: new Date(Date.now() + 900_000),
        ...overrides,
      }
      people.set(id, person)
      await db.insert(users).values(person)
      return person
    },
    authenticate: async (token) => people.get(token),
  }
}
