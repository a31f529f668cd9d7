import { setTimeout as sleep } from 'node:timers/promises'
import type { ToolServer } from './connect-tools.ts'

const FIRST_ANSWER_TRIES = 5

/** A tool server that never answers at the start is a fault of the set-up, not of the moment. The client tells once that it is away. */
export async function firstAnswer(
  tools: ToolServer,
  { signal, pauseSeconds }: { signal: AbortSignal; pauseSeconds: number },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tools.list(signal)
      return
    } catch (error) {
      if (attempt === FIRST_ANSWER_TRIES || signal.aborted) throw error
      await sleep(pauseSeconds * 1000, undefined, { signal })
    }
  }
}
