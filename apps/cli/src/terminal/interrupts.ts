import { exitCodes } from './exit-codes.ts'

export type Interrupts = {
  /** Runs `work` with Ctrl-C in its hands: the first one calls `onFirst`, a second one ends the process. */
  during<Result>(onFirst: () => void, work: () => Promise<Result>): Promise<Result>
}

export function createInterrupts(
  source: Pick<NodeJS.EventEmitter, 'on' | 'off'> & { exit(code: number): unknown },
): Interrupts {
  return {
    during: async (onFirst, work) => {
      let isSecond = false
      const onSignal = () => {
        if (isSecond) {
          source.exit(exitCodes.stopped)
          return
        }
        isSecond = true
        onFirst()
      }
      source.on('SIGINT', onSignal)
      try {
        return await work()
      } finally {
        source.off('SIGINT', onSignal)
      }
    },
  }
}
