import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ToolError } from '../tool/tool-error.ts'
import type { ReleaseDriver } from './release-records.ts'

/** What helm is run with, the same for every call. */
export type HelmSettings = {
  /** Where `helm` is looked for, as the shell does. */
  path: string
  /** Holds repositories, and charts that were fetched. */
  home: string
  driver: ReleaseDriver
  /** `HTTPS_PROXY`, `SSL_CERT_FILE` and the like. */
  network: Readonly<Record<string, string>>
}

export type HelmRun = {
  /** The verb and its flags, each `--flag=value`; what is no flag stands in `operands`. */
  args: readonly string[]
  operands?: readonly string[]
  /** Values, as YAML; for `--values=-`. */
  stdin?: string
  /** Path of a kubeconfig that names the forwarder; left out where no cluster is needed. */
  kubeconfig?: string
  signal: AbortSignal
  /** Gets each line as it comes. */
  progress?: (stream: 'stdout' | 'stderr', text: string) => void
}

export type HelmEnd = {
  /** Null when a signal ended it. */
  code: number | null
  stdout: string
  stderr: string
}

export type RunHelm = (run: HelmRun) => Promise<HelmEnd>

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024
/** So long helm may take to close its record once it was told to end. */
const PATIENCE_MS = 10_000

/** Runs helm without a shell, in an empty folder, with nothing of this process's environment but what is said here. */
export function createHelmRunner({ path, home, driver, network }: HelmSettings): RunHelm {
  return async ({ args, operands = [], stdin, kubeconfig, signal, progress }) => {
    await mkdir(home, { recursive: true, mode: 0o700 })
    const cwd = await mkdtemp(join(tmpdir(), 'fairlead-helm-'))
    const env = {
      PATH: path,
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_DATA_HOME: join(home, 'data'),
      HELM_PLUGINS: '',
      HELM_DRIVER: driver,
      ...network,
      ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }),
    }
    try {
      const child = spawn('helm', [...args, '--', ...operands], { cwd, env, detached: true, stdio: 'pipe' })
      return await ended(child, { stdin, signal, progress })
    } finally {
      await rm(cwd, { recursive: true, force: true })
    }
  }
}

async function ended(
  child: ChildProcess,
  { stdin, signal, progress }: Pick<HelmRun, 'stdin' | 'signal' | 'progress'>,
): Promise<HelmEnd> {
  const stdout = collect(child.stdout, (text) => progress?.('stdout', text))
  const stderr = collect(child.stderr, (text) => progress?.('stderr', text))
  // A helm that has ended already reads nothing.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(stdin ?? '')
  let late: NodeJS.Timeout | undefined
  const stop = () => {
    killGroup(child, 'SIGTERM')
    late = setTimeout(() => killGroup(child, 'SIGKILL'), PATIENCE_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    if (signal.aborted) stop()
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: stdout(), stderr: stderr() }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') throw notInstalled()
    throw cause
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(late)
  }
}

/** Hooks of helm's own (post-renderers, plugins) are never run, but what it may have started ends with it. */
function killGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // It has gone already.
  }
}

function collect(stream: NodeJS.ReadableStream | null, each: (text: string) => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAX_OUTPUT_BYTES) chunks.push(chunk)
    each(chunk.toString('utf8'))
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

export function notInstalled(): ToolError {
  return new ToolError(
    'NotInstalled',
    'helm is not installed beside this tool server, so releases can be read but not changed.',
    {
      hint: 'Put helm (3.14 or newer, or 4) on its PATH; the image of the tool server has it.',
    },
  )
}
