import type { Db } from '../db/database.ts'

/** What this room tells the audit; who writes it there is handed in. */
export type RecordAuthEvent = (
  db: Db,
  event: {
    actor: string
    actor_ip: string
    user_id: string | null
    type: 'auth.signed_in' | 'auth.failed' | 'user.changed'
    data: Record<string, unknown>
  },
) => Promise<void>
