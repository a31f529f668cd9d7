import type { Pool, PoolClient } from 'pg'
import { textOf } from './pack-statements.ts'
import { soon } from './soon.ts'

/** One that takes long holds up those that share its connection. */
const MOST_AT_ONCE = 8

type Group = { client: Promise<PoolClient>; open: number; isClosed: boolean }

/**
 * Makes a pool answer questions outside of transactions that come at the same moment over one connection, in one
 * packet, each as if it had come alone. What writes has a connection to itself: its commit waits for the disk.
 */
export function packQuestions(pool: Pool): void {
  let group: Group | undefined
  const join = (): Group => {
    const joined = group ?? begin()
    joined.open += 1
    if (joined.open === MOST_AT_ONCE) close(joined)
    return joined
  }
  const begin = (): Group => {
    const begun = connect()
    group = begun
    soon(() => close(begun))
    return begun
  }
  const connect = (): Group => ({ client: pool.connect(), open: 0, isClosed: false })
  const close = (closed: Group) => {
    closed.isClosed = true
    if (group === closed) group = undefined
  }
  const query = async (...asked: Parameters<PoolClient['query']>) => {
    const joined = isRead(asked[0]) ? join() : { ...connect(), open: 1 }
    let client: PoolClient | undefined
    try {
      client = await joined.client
      return await client.query(...asked)
    } finally {
      joined.open -= 1
      if (joined.open === 0) {
        close(joined)
        client?.release()
      }
    }
  }
  Object.assign(pool, { query })
}

function isRead(asked: unknown): boolean {
  return /^\(?select/i.test(String(textOf(asked)))
}
