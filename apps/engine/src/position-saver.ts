import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint'
import type { Pool } from 'pg'

type RunnableConfig = CheckpointTuple['config']

const put = {
  name: 'put position',
  text: `insert into run_positions (thread_id, checkpoint, metadata) values ($1, $2, $3)
    on conflict (thread_id) do update set checkpoint = excluded.checkpoint, metadata = excluded.metadata`,
}
const get = { name: 'get position', text: 'select checkpoint, metadata from run_positions where thread_id = $1' }
const remove = { name: 'remove position', text: 'delete from run_positions where thread_id = $1' }

/**
 * Keeps the newest checkpoint of each run in Postgres, one row and one statement a node. Older checkpoints and the writes
 * of a node under way are not kept, since the record knows better where a run stands. For the same reason a statement
 * that fails is told to `onError` and fails no run.
 */
export class PositionSaver extends BaseCheckpointSaver {
  readonly #pool: Pool
  readonly #onError: (error: unknown) => void

  constructor(pool: Pool, onError: (error: unknown) => void) {
    super()
    this.#pool = pool
    this.#onError = onError
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const runId = runOf(config)
    const [saved] = await this.#rowsOf({ ...get, values: [runId] })
    return saved && { ...saved, config: configOf(runId, saved.checkpoint), pendingWrites: [] }
  }

  async *list(config: RunnableConfig): AsyncGenerator<CheckpointTuple> {
    const newest = await this.getTuple(config)
    if (newest !== undefined) yield newest
  }

  async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const runId = runOf(config)
    // What a run begins with, before its first node, stands in its own row of the record.
    if (metadata.step > 0)
      await this.#rowsOf({ ...put, values: [runId, JSON.stringify(checkpoint), JSON.stringify(metadata)] })
    return configOf(runId, checkpoint)
  }

  async putWrites(): Promise<void> {}

  async deleteThread(runId: string): Promise<void> {
    await this.#rowsOf({ ...remove, values: [runId] })
  }

  async #rowsOf(statement: { name: string; text: string; values: string[] }) {
    try {
      const { rows } = await this.#pool.query<{ checkpoint: Checkpoint; metadata: CheckpointMetadata }>(statement)
      return rows
    } catch (error) {
      this.#onError(error)
      return []
    }
  }
}

function runOf({ configurable }: RunnableConfig): string {
  return String(configurable?.thread_id)
}

function configOf(runId: string, { id }: Checkpoint): RunnableConfig {
  return { configurable: { thread_id: runId, checkpoint_ns: '', checkpoint_id: id } }
}
