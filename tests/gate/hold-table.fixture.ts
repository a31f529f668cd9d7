import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'

export type HeldTable = {
  /** Resolves to the server process of whoever waits to write there, once somebody does. */
  waiting(): Promise<number>
  release(): Promise<void>
}

/** From now on the table can be read, but nobody else's write to it goes through. */
export async function holdTable(
  sql: Pool,
  table: 'attempts' | 'audit_events' | 'run_events' | 'runs',
): Promise<HeldTable> {
  const client = await sql.connect()
  await client.query('begin')
  await client.query(`lock table ${table} in share row exclusive mode`)
  const query = 'select pid from pg_locks where relation = $1::regclass and not granted'
  return {
    waiting: async () => {
      for (;;) {
        const { rows } = await sql.query<{ pid: number }>(query, [table])
        if (rows[0] !== undefined) return rows[0].pid
        await sleep(20)
      }
    },
    release: async () => {
      await client.query('rollback')
      client.release()
    },
  }
}
