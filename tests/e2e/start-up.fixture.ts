import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { ensureBuilt } from '@fairlead/command-center/build/ensure-built'

const main = resolve(import.meta.dirname, '../../apps/cli/src/main.ts')

/** The one line that `up --json` prints once everything answers. */
export type UpLine = {
  /** The page, without a trailing slash. */
  url: string
  /** The engine itself, past the page. */
  api: string
  mcp: string
  kubeconfig: string
  /** Null once an administrator exists. */
  setup_url: string | null
  sandbox: boolean
  model: string
}
export type Exit = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

export type UpOptions = {
  /** Arguments behind `up --json`. */
  args: string[]
  env?: Record<string, string>
  /** Where it is started; a `.env` file there is read. */
  cwd: string
  /** It leads a group of its own, as what is started at a terminal does: a signal to the group is a Ctrl-C. */
  leadsGroup?: boolean
}

export type Up = UpLine & {
  pid: number
  /** Everything it has written for people so far. */
  stderr(): string
  /** Sends the signal; resolves to how the process ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** Resolves to how it ended, by whatever. */
  ended: Promise<Exit>
}

/** An empty folder, gone at the end of the scope. */
export async function newFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'fairlead-e2e-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** `fairlead up --json` as a process of its own, started and answering. Rejects with its stderr when it ends before. */
export async function startUp(options: UpOptions): Promise<Up> {
  // A start that has to build says so, and takes as long as that does.
  await ensureBuilt()
  const { child, exit, stderr } = spawnUp(options)
  const lines = createInterface({ input: child.stdout ?? raise('no stdout') })
  const started = await Promise.race([once(lines, 'line') as Promise<[string]>, exit])
  if (!Array.isArray(started)) throw new Error(`up ended with code ${started.code}: ${started.stderr}`)
  return {
    ...(JSON.parse(started[0]) as UpLine),
    pid: child.pid ?? raise('no process'),
    stderr,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return exit
    },
    ended: exit,
  }
}

/** A start that is expected to fail; resolves once the process has ended. */
export async function failUp(options: UpOptions): Promise<Exit> {
  return spawnUp(options).exit
}

/** A start of which nothing is awaited. */
export function spawnUp({ args, env = {}, cwd, leadsGroup = false }: UpOptions): {
  child: ChildProcess
  exit: Promise<Exit>
  stderr(): string
} {
  // Not this process's environment: a key or a database of whoever runs the tests must not reach the product.
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [main, 'up', '--json', ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: leadsGroup,
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const exit = once(child, 'close').then(([code, signal]): Exit => {
    process.off('exit', end)
    return { code, signal, ...written }
  })
  return { child, exit, stderr: () => written.stderr }
}

function raise(message: string): never {
  throw new Error(message)
}
