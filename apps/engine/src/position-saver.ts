import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint'
import type { Pool } from 'pg'

const TABLE = `create unlogged table if not exists run_positions (
  thread_id text primary key,
  checkpoint jsonb not null,
  metadata jsonb not null
)`
const put = {
  name: 'put position',
  text: `insert into run_positions (thread_id, checkpoint, metadata) values ($1, $2, $3)
    on conflict (thread_id) do update set checkpoint = excluded.checkpoint, metadata = excluded.metadata`,
}
const get = { name: 'get position', text: 'select checkpoint, metadata from run_positions where thread_id = $1' }
const remove = { name: 'remove position', text: 'delete from run_positions where thread_id = $1' }

type RunnableConfig = CheckpointTuple['config']
type Row = { checkpoint: Checkpoint; metadata: CheckpointMetadata }

/**
 * The position of each run in Postgres: one row a run, one statement a node. Older positions and the writes of a node
 * under way are not kept, since the record knows better where a run stands; for the same reason a crash of the database
 * may empty the table.
 */
export class PositionSaver extends BaseCheckpointSaver {
  readonly #pool: Pool

  constructor(pool: Pool) {
    super()
    this.#pool = pool
  }

  async setup(): Promise<void> {
    await this.#pool.query(TABLE)
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    if (config.configurable?.is_new) return undefined
    const threadId = threadOf(config)
    const { rows } = await this.#pool.query<Row>({ ...get, values: [threadId] })
    const [row] = rows
    return row && { ...row, config: configOf(threadId, row.checkpoint), pendingWrites: [] }
  }

  async *list(config: RunnableConfig): AsyncGenerator<CheckpointTuple> {
    const newest = await this.getTuple(config)
    if (newest !== undefined) yield newest
  }

  async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const threadId = threadOf(config)
    // Before its second node, the first that does something, a run stands where its row says; behind the last, nowhere.
    if (metadata.step > 0 && !('end' in checkpoint.channel_values)) {
      await this.#pool.query({ ...put, values: [threadId, JSON.stringify(checkpoint), JSON.stringify(metadata)] })
    }
    return configOf(threadId, checkpoint)
  }

  async putWrites(): Promise<void> {}

  async deleteThread(threadId: string): Promise<void> {
    await this.#pool.query({ ...remove, values: [threadId] })
  }
}

function threadOf({ configurable }: RunnableConfig): string {
  return String(configurable?.thread_id)
}

function configOf(threadId: string, { id }: Checkpoint): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: '', checkpoint_id: id } }
}
