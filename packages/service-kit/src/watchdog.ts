import { url as debuggerUrl } from 'node:inspector'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Logger } from './logger.ts'
import type { WatchdogThreadData } from './watchdog-thread.ts'

/** Exit code of a process whose event loop stood still: EX_SOFTWARE of sysexits.h. */
export const STALLED_EXIT_CODE = 70

/** How long an event loop may stand still. */
const LIMIT_MS = 30_000
/** So many beats fit into that time. */
const BEATS = 30

export type WatchdogOptions = {
  /** Name of the service; stands in the line that tells of the stall. */
  name: string
  /** For a fault of the watchdog itself. */
  log: Logger
  /** How long the event loop may stand still, in milliseconds. Default: 30,000. */
  limitMs?: number
  /** What a person at the terminal is told, as a line of its own behind the log. */
  sentence?: string
}

/**
 * Ends this process with code 70 once its event loop has stood still for so long: nothing in it can answer or end it
 * any more, and a supervisor can start it again. A thread of its own watches, and logs where the code stood. Two things
 * are no stall: a process that was suspended as a whole, and one that had a debugger when its event loop last turned. A
 * process that is given little CPU is a slow one, and counts.
 */
export function startWatchdog({ name, log, limitMs = LIMIT_MS, sentence }: WatchdogOptions): void {
  const heartbeat = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT))
  const everyMs = limitMs / BEATS
  const data: WatchdogThreadData = { heartbeat, everyMs, limitMs, name, sentence, exitCode: STALLED_EXIT_CODE }
  // The thread has this file's ending: .ts as it is, .js once bundled.
  const script = new URL(`./watchdog-thread${extname(import.meta.url)}`, import.meta.url)
  const thread = new Worker(script, { workerData: data, name: 'watchdog' })
  const beat = () => {
    Atomics.add(heartbeat, 0, 1)
    Atomics.store(heartbeat, 1, debuggerUrl() === undefined ? 0 : 1)
  }
  beat()
  // Neither keeps a process alive that has nothing more to do.
  setInterval(beat, everyMs).unref()
  thread.unref()
  thread.on('error', (err) => log.error({ err }, 'The watchdog failed: a stall of this process would not be noticed'))
}
