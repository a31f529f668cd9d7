import { writeSync } from 'node:fs'
import { type Debugger, Session } from 'node:inspector'
import { setTimeout as sleep } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'

export type WatchdogThreadData = {
  /** First a count that rises with every turn of the watched event loop, then 1 while a debugger may be attached. */
  heartbeat: Int32Array
  everyMs: number
  limitMs: number
  name: string
  sentence?: string
  exitCode: number
}

const { heartbeat, everyMs, limitMs, name, sentence, exitCode } = workerData as WatchdogThreadData
/** How long the stalled thread has for telling where it stands, and then for ending. */
const ANSWER_MS = 2000

/** Resolves once the event loop has stood still for so long while this thread went on. */
async function untilStalled(): Promise<void> {
  let stalledMs = 0
  let lastCount = Atomics.load(heartbeat, 0)
  let lastCheck = performance.now()
  while (stalledMs < limitMs) {
    await sleep(everyMs)
    const count = Atomics.load(heartbeat, 0)
    const now = performance.now()
    const hasMoved = count !== lastCount || Atomics.load(heartbeat, 1) === 1
    // A check that comes late itself: the whole process was suspended, so no thread has stalled.
    stalledMs = hasMoved ? 0 : stalledMs + Math.min(now - lastCheck, 2 * everyMs)
    lastCount = count
    lastCheck = now
  }
}

/** Stops the stalled thread, and says where it is; undefined when it runs no JavaScript, and so cannot be stopped. */
async function pause(session: Session): Promise<string | undefined> {
  const urls = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => urls.set(scriptId, url))
  const { promise: paused, resolve } = Promise.withResolvers<Debugger.CallFrame[]>()
  session.once('Debugger.paused', ({ params }) => resolve(params.callFrames))
  session.post('Debugger.enable')
  session.post('Debugger.pause')
  const frames = await Promise.race([paused, sleep(ANSWER_MS, undefined)])
  return frames?.map((frame) => lineOf(frame, urls)).join('\n')
}

/** A line of a stack as errors have it; the protocol counts lines and columns from 0. */
function lineOf({ functionName, location }: Debugger.CallFrame, urls: ReadonlyMap<string, string>): string {
  const { scriptId, lineNumber, columnNumber = 0 } = location
  const place = `${urls.get(scriptId)}:${lineNumber + 1}:${columnNumber + 1}`
  return functionName === '' ? `    at ${place}` : `    at ${functionName} (${place})`
}

/** Written at once, since nothing comes behind it. A terminal that is paused holds this up until it goes on. */
function write(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody is left to be told.
  }
}

/** Logs what is about to happen. Without a stack the stalled thread is in no JavaScript, and cannot end the process. */
async function report(stack: string | undefined): Promise<void> {
  const stalled = `The event loop has stood still for ${Math.round(limitMs / 1000)} s`
  const fields = stack === undefined ? { signal: 'SIGKILL' } : { stack, exit_code: exitCode }
  // Inside of a container, nobody can kill its first process.
  const outcome =
    stack === undefined && process.pid === 1 ? 'only its supervisor can end this process' : 'this process is ended'
  const message = `${stalled}${stack === undefined ? ', outside of JavaScript' : ''}: ${outcome}`
  try {
    // Not before it is needed: it would hold 10 MB in every process that is watched.
    const { createLogger } = await import('./logger.ts')
    createLogger({ name, level: 'fatal', destination: { write } }).fatal(fields, message)
  } catch {
    write(`${message}\n${stack ?? ''}\n`)
  }
  if (sentence !== undefined) write(`${sentence}\n`)
}

/** Says where the stalled thread is, and ends the process. */
async function end(): Promise<void> {
  const session = new Session()
  try {
    session.connectToMainThread()
    const stack = await pause(session)
    await report(stack)
    if (stack === undefined) return
    // A thread can end itself alone, so the stalled one has to end the process: from where it is paused, and without its
    // listeners, since none of its code may go on. Node says on the way that it waits for a debugger, which is this thread.
    session.post('Runtime.evaluate', { expression: `process.removeAllListeners('exit'); process.exit(${exitCode})` })
    await sleep(ANSWER_MS)
  } finally {
    session.disconnect()
    process.kill(process.pid, 'SIGKILL')
  }
}

// The first process of a container lives on when it is killed from inside, and may stand still again.
for (;;) {
  await untilStalled()
  await end()
}
