import type { Logger } from './logger.ts'

export type Shutdown = {
  /** Aborts with reason `shutting-down` as soon as the process is asked to end. */
  signal: AbortSignal
  /** Closes run one after the other, the last one registered first: what was built on something ends before it. */
  onClose(name: string, close: () => Promise<void>): void
  /** Starts the end without a signal from outside, for example after a fatal fault. */
  begin(): void
  /** Resolves to the exit code once everything has closed: 0, or 1 when a close failed or took too long. */
  finished: Promise<0 | 1>
}
export type ShutdownOptions = {
  log: Logger
  /** How long one close may take, in milliseconds. */
  limitMs?: number
  /** Where SIGTERM and SIGINT come from; the process, unless a test says otherwise. */
  process?: Pick<NodeJS.EventEmitter, 'on' | 'off'> & { exit(code: number): void }
}

const endings = ['SIGTERM', 'SIGINT'] as const

/** Ends a process in order on SIGTERM or SIGINT; a second signal ends it at once with code 130. */
export function createShutdown({ log, limitMs = 15_000, process: source = process }: ShutdownOptions): Shutdown {
  const controller = new AbortController()
  const closes: { name: string; close: () => Promise<void> }[] = []
  const { promise: finished, resolve: finish } = Promise.withResolvers<0 | 1>()

  const closeAll = async () => {
    let code: 0 | 1 = 0
    for (const { name, close } of closes.toReversed()) {
      try {
        await within(limitMs, close())
      } catch (err) {
        log.error({ err, part: name }, 'could not close')
        code = 1
      }
    }
    for (const name of endings) source.off(name, onSignal)
    finish(code)
  }
  const begin = () => {
    if (controller.signal.aborted) return
    controller.abort('shutting-down')
    void closeAll()
  }
  function onSignal(name: string) {
    if (controller.signal.aborted) return source.exit(130)
    log.info({ signal: name }, 'shutting down')
    begin()
  }
  for (const name of endings) source.on(name, onSignal)

  return { signal: controller.signal, onClose: (name, close) => void closes.push({ name, close }), begin, finished }
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`took longer than ${limitMs} ms`)), limitMs)
  try {
    await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
