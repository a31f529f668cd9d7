import { metaKeys, type ProgressNotice, progressNotice } from '@fairlead/contract/tool/tool-meta'
import { z } from 'zod'

const notice = z.looseObject({
  progressToken: z.union([z.string(), z.number()]),
  message: z.string().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
})

export type OnProgress = (notice: ProgressNotice) => void

/** Brings progress notices to the calls they belong to, by the token that each call was sent with. */
export class ProgressListeners {
  readonly #listeners = new Map<string, { onProgress: OnProgress; seq: number }>()

  /** Listens until the returned function is called. A later call under the same token takes its place. */
  listen(token: string, onProgress: OnProgress): () => void {
    const listener = { onProgress, seq: 0 }
    this.#listeners.set(token, listener)
    return () => {
      if (this.#listeners.get(token) === listener) this.#listeners.delete(token)
    }
  }

  /** Our servers number their notices and name the stream; of others the message is a status line. */
  receive(params: unknown): void {
    const parsed = notice.safeParse(params)
    if (!parsed.success) return
    const { progressToken, message, _meta } = parsed.data
    const listener = this.#listeners.get(String(progressToken))
    if (listener === undefined) return
    const progress = progressNotice.safeParse(_meta?.[metaKeys.progress])
    if (progress.success) listener.onProgress(progress.data)
    else if (message !== undefined) listener.onProgress({ seq: ++listener.seq, stream: 'status', text: message })
  }
}
