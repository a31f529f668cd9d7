import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@fairlead/service-kit/logger'
import type { ToolServer } from './connect-tools.ts'

const FIRST_ANSWER_TRIES = 5

/** A tool server that never answers at the start is a fault of the set-up, not of the moment. */
export async function firstAnswer(
  tools: ToolServer,
  { signal, log, pauseSeconds }: { signal: AbortSignal; log: Logger; pauseSeconds: number },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await tools.list(signal)
      return
    } catch (error) {
      if (attempt === FIRST_ANSWER_TRIES || signal.aborted) throw error
      log.warn({ err: error }, 'The tool server does not answer yet')
      await sleep(pauseSeconds * 1000, undefined, { signal })
    }
  }
}
