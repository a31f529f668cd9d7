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

/** Most runs take their next step sooner than that, and a short one has ended. */
const WRITE_AFTER_MS = 50

/**
 * Saves one position a run, and only those that a run stays at for a moment. Older positions and the writes of a node
 * under way are not kept, since the record knows better where a run stands.
 */
export class PositionSaver extends BaseCheckpointSaver {
  readonly #store: PositionStore
  readonly #late = new Map<string, { saved: Saved; timer: NodeJS.Timeout }>()
  readonly #written = new Map<string, Promise<void>>()

  constructor(store: PositionStore) {
    super()
    this.#store = store
  }

  async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    if (config.configurable?.is_new) return undefined
    const runId = runOf(config)
    const saved = this.#late.get(runId)?.saved ?? (await this.#store.read(runId))
    return saved && { ...saved, config: configOf(runId, saved.checkpoint), pendingWrites: [] }
  }

  async *list(config: RunnableConfig): AsyncGenerator<CheckpointTuple> {
    const newest = await this.getTuple(config)
    if (newest !== undefined) yield newest
  }

  async put(config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata): Promise<RunnableConfig> {
    const runId = runOf(config)
    // Before its first node a run stands where its row says; behind the last, nowhere.
    const isUnderWay = metadata.source === 'loop' && !('end' in checkpoint.channel_values)
    if (isUnderWay) this.#writeSoon(runId, { checkpoint, metadata })
    return configOf(runId, checkpoint)
  }

  async putWrites(): Promise<void> {}

  async deleteThread(runId: string): Promise<void> {
    clearTimeout(this.#late.get(runId)?.timer)
    this.#late.delete(runId)
    const written = this.#written.get(runId)
    if (written === undefined) return
    this.#written.delete(runId)
    await written
    // One that stays behind is read by nobody: its run has ended, or the record says where it stands.
    await this.#store.remove(runId).catch(() => {})
  }

  #writeSoon(runId: string, saved: Saved): void {
    clearTimeout(this.#late.get(runId)?.timer)
    const timer = setTimeout(() => {
      this.#late.delete(runId)
      // A position that cannot be written is one that the record rebuilds.
      const before = this.#written.get(runId) ?? Promise.resolve()
      this.#written.set(
        runId,
        before.then(() => this.#store.write(runId, saved)).catch(() => {}),
      )
    }, WRITE_AFTER_MS)
    this.#late.set(runId, { saved, timer: timer.unref() })
  }
}

function runOf({ configurable }: RunnableConfig): string {
  return String(configurable?.thread_id)
}

function configOf(runId: string, { id }: Checkpoint): RunnableConfig {
  return { configurable: { thread_id: runId, checkpoint_ns: '', checkpoint_id: id } }
}
