import {
  BaseCheckpointSaver,
  type Checkpoint,
  type CheckpointMetadata,
  type CheckpointTuple,
} from '@langchain/langgraph-checkpoint'

type RunnableConfig = CheckpointTuple['config']
type Saved = { checkpoint: Checkpoint; metadata: CheckpointMetadata }

/** The newest position of each run. */
export type PositionStore = {
  read(runId: string): Promise<Saved | undefined>
  write(runId: string, saved: Saved): Promise<void>
  remove(runId: string): Promise<void>
}

/**
 * Saves one position a run. Older positions and the writes of a node under way are not kept, since the record knows
 * better where a run stands.
 */
export class PositionSaver extends BaseCheckpointSaver {
  readonly #store: PositionStore

  constructor(store: PositionStore) {
    super()
    this.#store = store
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    if (config.configurable?.is_new) return undefined
    const runId = runOf(config)
    const saved = await this.#store.read(runId)
    return saved && { ...saved, config: configOf(runId, saved.checkpoint), pendingWrites: [] }
  }

  async *list(config: RunnableConfig): AsyncGenerator<CheckpointTuple> {
    const newest = await this.getTuple(config)
    if (newest !== undefined) yield newest
  }

  async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const runId = runOf(config)
    // Before its second node, the first that does something, a run stands where its row says; behind the last, nowhere.
    const isUnderWay = metadata.step > 0 && !('end' in checkpoint.channel_values)
    if (isUnderWay) await this.#store.write(runId, { checkpoint, metadata })
    return configOf(runId, checkpoint)
  }

  async putWrites(): Promise<void> {}

  async deleteThread(runId: string): Promise<void> {
    await this.#store.remove(runId)
  }
}

function runOf({ configurable }: RunnableConfig): string {
  return String(configurable?.thread_id)
}

function configOf(runId: string, { id }: Checkpoint): RunnableConfig {
  return { configurable: { thread_id: runId, checkpoint_ns: '', checkpoint_id: id } }
}
