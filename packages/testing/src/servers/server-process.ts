import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type ServerProcessOptions = {
  name: string
  command: string
  args: string[]
  logFile: string
  cwd?: string
  env?: Record<string, string>
  /** Numeric user and group to run as; only root may ask for it. */
  user?: { uid: number; gid: number }
}

/** A server that tests started: its output goes to a file, and it ends with the process that started it. */
export type ServerProcess = {
  name: string
  pid: number
  logFile: string
  hasExited(): boolean
  /** Resolves once it has ended by itself or by a signal, to its exit code; null when a signal ended it. */
  exited: Promise<number | null>
  signal(name: NodeJS.Signals): void
  /** SIGTERM (or `signal`), SIGKILL after two seconds (or `patienceMs`); resolves once it has gone. */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<void>
}

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const log = openSync(options.logFile, 'a')
  const [command, args] = tied(options.command, options.args)
  let child: ChildProcess
  try {
    child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', log, log],
      // A process group of its own: Ctrl-C reaches the tests, which then end their servers in order.
      detached: true,
      ...options.user,
    })
    await once(child, 'spawn')
  } finally {
    closeSync(log)
  }
  const pid = child.pid
  if (pid === undefined) throw new Error(`${options.name} did not start`)
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    hasExited,
    exited,
    signal: (name) => {
      child.kill(name)
    },
    stop: async (signal = 'SIGTERM', patienceMs = 2000) => {
      if (hasExited()) return
      child.kill(signal)
      const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await exited
      clearTimeout(late)
    },
  }
}

/** Waits until `isUp` says true. Fails as soon as the process ends, or after `limitMs`, with the end of its log. */
export async function untilUp(server: ServerProcess, isUp: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!(await isUp())) {
    if (server.hasExited()) throw new Error(`${server.name} ended at once:\n${await endOfLog(server)}`)
    if (Date.now() > deadline) throw new Error(`${server.name} did not answer:\n${await endOfLog(server)}`)
    await sleep(25)
  }
}

/** The first folder that holds an executable of that name, or undefined. */
export function findProgram(name: string, folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

export function searchPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
}

async function endOfLog(server: ServerProcess): Promise<string> {
  return (await readFile(server.logFile, 'utf8')).slice(-2000)
}

/** Where the kernel offers it, a server is tied to its starter: a killed test run leaves nothing behind. */
function tied(command: string, args: string[]): [string, string[]] {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv', searchPath()) : undefined
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args]
}
