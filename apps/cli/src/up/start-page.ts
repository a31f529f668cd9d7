import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { STALLED_EXIT_CODE } from '@fairlead/service-kit/watchdog'
import type { Environment } from './part-settings.ts'

export type Page = {
  /** Where people open it, without a trailing slash. */
  url: string
  /** Resolves when the process ends without having been stopped, to a sentence that says how. */
  died: Promise<string>
  close(): Promise<void>
}

/** The page could not be started; the message is for the person. */
export class PageStartError extends Error {
  override readonly name = 'PageStartError'
}

const CLOSE_LIMIT_MS = 10_000

/**
 * The page's server as a process of its own: it has none of this process's secrets, and its rendering takes no time
 * from the engine. Resolves once it listens; ends with `signal`.
 */
export async function startPage(settings: Environment, signal: AbortSignal): Promise<Page> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('@fairlead/command-center/main'))], {
    env: { ...settings },
    // It logs to stderr, as the other parts do; what its framework writes to stdout is of no use to anybody.
    stdio: ['ignore', 'ignore', 2, 'ipc'],
    // Ctrl-C reaches the whole group of a terminal: out of it, the parts end in the order that is chosen here.
    detached: true,
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The page could not be started: ${error.message}.`))
    child.once('exit', (code, by) => {
      if (code === STALLED_EXIT_CODE)
        resolve(
          'The page was blocked for 30 s and has ended itself (the log says where), so all of Fairlead stops: start it again.',
        )
      else resolve(`The page ended ${by ? `by ${by}` : `with code ${code}`}.`)
    })
  })
  let isStopping = false
  const close = () => {
    isStopping = true
    return end(child, ended)
  }
  if (signal.aborted) void close()
  else signal.addEventListener('abort', () => void close(), { once: true })
  const url = await Promise.race([listening(child), ended.then((sentence) => new PageStartError(sentence))])
  if (typeof url !== 'string') throw url
  const died = new Promise<string>((resolve) => void ended.then((sentence) => isStopping || resolve(sentence)))
  return { url, died, close }
}

/** The process says where it listens, or why it cannot. */
function listening(child: ChildProcess): Promise<string | Error> {
  return new Promise((resolve) => {
    child.on('message', (message: { url?: unknown; error?: unknown; code?: unknown }) => {
      if (typeof message.url === 'string') resolve(message.url.replace(/\/$/, ''))
      else if (typeof message.error === 'string') {
        const error = new PageStartError(message.error)
        resolve(message.code === undefined ? error : Object.assign(error, { code: message.code, syscall: 'listen' }))
      }
    })
  })
}

async function end(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_LIMIT_MS)
  await ended
  clearTimeout(timer)
}
