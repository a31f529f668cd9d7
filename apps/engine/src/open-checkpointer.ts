import type { Logger } from '@fairlead/service-kit/logger'
import type { BaseCheckpointSaver } from '@langchain/langgraph-checkpoint'
import { Pool } from 'pg'
import { positionsTable } from './db/positions-table.ts'
import { PositionSaver, type PositionStore } from './position-saver.ts'

const put = {
  name: 'put position',
  text: `insert into run_positions (thread_id, checkpoint, metadata) values ($1, $2, $3)
    on conflict (thread_id) do update set checkpoint = excluded.checkpoint, metadata = excluded.metadata`,
}
const get = { name: 'get position', text: 'select checkpoint, metadata from run_positions where thread_id = $1' }
const remove = { name: 'remove position', text: 'delete from run_positions where thread_id = $1' }

export type Checkpointer = { saver: BaseCheckpointSaver; kind: 'postgres' | 'memory'; close(): Promise<void> }

/**
 * Where positions stand between nodes. Nothing is lost with them, the record can rebuild every one, so a database that
 * cannot be reached costs a warning, and a commit need not wait for the disk.
 * @param url undefined: in memory
 */
export async function openCheckpointer(url: string | undefined, log: Logger): Promise<Checkpointer> {
  const inMemory: Checkpointer = { saver: new PositionSaver(storeInMemory()), kind: 'memory', close: async () => {} }
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
  pool.on('error', () => {}) // the connection itself has told
  try {
    // Who may make no table finds the one that the owner has made.
    const { rows } = await pool.query("select to_regclass('run_positions') is not null as found")
    if (!rows[0].found) await pool.query(positionsTable)
    return { saver: new PositionSaver(storeInPostgres(pool)), kind: 'postgres', close: () => pool.end() }
  } catch (error) {
    log.warn({ err: error }, 'The checkpoint database does not answer: checkpoints are kept in memory')
    await pool.end()
    return inMemory
  }
}

function storeInMemory(): PositionStore {
  const positions = new Map<string, string>()
  return {
    read: async (runId) => {
      const saved = positions.get(runId)
      return saved === undefined ? undefined : JSON.parse(saved)
    },
    write: async (runId, saved) => void positions.set(runId, JSON.stringify(saved)),
    remove: async (runId) => void positions.delete(runId),
  }
}

/** One row a run, one statement a node. */
function storeInPostgres(pool: Pool): PositionStore {
  return {
    read: async (runId) => (await pool.query({ ...get, values: [runId] })).rows[0],
    write: async (runId, { checkpoint, metadata }) => {
      await pool.query({ ...put, values: [runId, JSON.stringify(checkpoint), JSON.stringify(metadata)] })
    },
    remove: async (runId) => {
      await pool.query({ ...remove, values: [runId] })
    },
  }
}
