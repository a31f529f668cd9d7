import type { Logger } from '@fairlead/service-kit/logger'
import { type BaseCheckpointSaver, MemorySaver } from '@langchain/langgraph-checkpoint'
import { Pool } from 'pg'
import { positionsTable } from './db/positions-table.ts'
import { PositionSaver } from './position-saver.ts'

export type Checkpointer = { saver: BaseCheckpointSaver; kind: 'postgres' | 'memory'; close(): Promise<void> }

/**
 * Where positions stand between nodes. Nothing is lost with them, the record can rebuild every one, so a database that
 * cannot be reached costs a warning, and a commit need not wait for the disk.
 * @param url undefined: in memory
 */
export async function openCheckpointer(url: string | undefined, log: Logger): Promise<Checkpointer> {
  const inMemory: Checkpointer = { saver: new MemorySaver(), kind: 'memory', close: async () => {} }
  if (url === undefined) return inMemory
  const pool = new Pool({
    connectionString: url,
    application_name: 'fairlead-checkpointer',
    max: 10,
    connectionTimeoutMillis: 5000,
    options: '-c synchronous_commit=off',
  })
  // Without listeners a connection that breaks would end the process: idle, or in the midst of a statement.
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ err: error }, 'A checkpointer connection broke')),
  )
  pool.on('error', () => {}) // already logged by the listener of the connection
  try {
    // A role that may create no table uses the one that the owner has created.
    const { rows } = await pool.query("select to_regclass('run_positions') is not null as found")
    if (!rows[0].found) await pool.query(positionsTable)
    const onError = (error: unknown) => log.warn({ err: error }, 'A checkpoint could not be kept: the record has it')
    return { saver: new PositionSaver(pool, onError), kind: 'postgres', close: () => pool.end() }
  } catch (error) {
    log.warn({ err: error }, 'The checkpoint database does not answer: checkpoints are kept in memory')
    await pool.end()
    return inMemory
  }
}
