import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { createLogger } from '@fairlead/service-kit/logger'
import { createShutdown } from '@fairlead/service-kit/shutdown'
import { startWatchdog } from '@fairlead/service-kit/watchdog'
import { Command, InvalidArgumentError } from 'commander'
import { writeInstance } from '../session/instance-file.ts'
import { type Cluster, type ClusterOptions, chooseCluster, isClusterNamed } from './choose-cluster.ts'
import { isFirstStart } from './is-first-start.ts'
import { openBrowser } from './open-browser.ts'
import { startEmbeddedCluster } from './start-embedded-cluster.ts'
import { PageStartError } from './start-page.ts'
import { type Parts, startParts } from './start-parts.ts'
import { openStateFolder } from './state-folder.ts'

type UpOptions = ClusterOptions & { port: number; state: string; json?: boolean; open: boolean }

/** Faults of the person's own input: their message is for the person, a stack would only hide it. */
const sentences = new Set([
  'ClusterChoiceError',
  'ConfigError',
  'FolderInUseError',
  'ModelConfigurationError',
  'PageBuildError',
  'SettingsError',
])

const say = (line: string) => void process.stderr.write(`${line}\n`)

/** `env` is the process's own, so that what stands in a `.env` file arrives in it; what is set already wins. */
export function upCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('up')
    .description('run Fairlead on this machine, for the cluster you name or for a sandbox of its own')
    .option('--port <number>', 'port of the page; 0 takes any that is free', portNumber, 3000)
    .option('--state <folder>', 'where the database, the keys and the audit file are kept', '.fairlead')
    .option('--context <name>', 'work on the cluster of this context of your kubeconfig')
    .option('--kubeconfig <file>', 'work on the cluster of this kubeconfig')
    .option('--in-cluster', 'work on the cluster whose pod this is')
    .option('--no-open', 'do not open a browser')
    .option('--json', 'print one line of JSON on stdout once everything answers')
    .action(async (options: UpOptions) => {
      if (existsSync('.env')) loadEnvFile('.env')
      process.exit(await up(options, env))
    })
}

/** Said by the watchdog, when nothing else in the process can say anything any more. */
const STALLED =
  'fairlead: Fairlead was blocked for 30 s and has ended itself, as the line above says: start it again, and its runs go on.'

/** A run may take so long for the step that it is in; a second signal ends it at once. */
const CLOSE_LIMIT_MS = 120_000

/** Runs until SIGINT or SIGTERM; resolves to the exit code. */
async function up(options: UpOptions, env: NodeJS.ProcessEnv): Promise<number> {
  // Database, audit file and lock are their owner's alone, whichever part makes them.
  process.umask(0o077)
  const log = createLogger({ name: 'fairlead', level: 'warn' })
  startWatchdog({ name: 'fairlead', log, sentence: STALLED })
  const shutdown = createShutdown({ log, limitMs: CLOSE_LIMIT_MS })
  try {
    const state = await openStateFolder(options.state)
    const cluster = isClusterNamed(options)
      ? await chooseCluster(options, env, state.path)
      : await startEmbeddedCluster(state.path, env, shutdown)
    const parts = await startParts({ env, state, cluster, port: options.port, log, shutdown, say })
    const { url, api, mcp } = parts
    const forget = await writeInstance(state.path, { pid: process.pid, url, api, mcp })
    shutdown.onClose('instance', forget)
    // Stopped meanwhile: what is registered now is not closed any more.
    if (shutdown.signal.aborted) await forget()
    await announce(parts, cluster, options, env)
    const ended = await Promise.race([shutdown.finished, parts.died])
    if (typeof ended === 'number') return ended
    say(`fairlead: ${ended}`)
    shutdown.begin()
    await shutdown.finished
    return 1
  } catch (error) {
    // A stop during the start is no error.
    if (!shutdown.signal.aborted) {
      const sentence = sentenceFor(error, options)
      const isOfPage = error instanceof PageStartError
      say(`fairlead: ${sentence ?? (isOfPage ? error.message : error instanceof Error ? error.stack : String(error))}`)
      shutdown.begin()
      await shutdown.finished
      return sentence === undefined ? 1 : 2
    }
  }
  return shutdown.finished
}

/** Tells where it answers; scripts in one line, people with the next step open before them. */
async function announce(
  { url, api, mcp, model, isDemo, silence, setupSecret }: Parts,
  { kubeconfig, isSandbox }: Cluster,
  options: UpOptions,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Behind the #, so that no server and no log ever sees it.
  const secret = setupSecret === 'off' ? '' : `#secret=${encodeURIComponent(setupSecret)}`
  const setupUrl = (await isFirstStart(api)) ? `${url}/welcome${secret}` : null
  const on = isSandbox ? ' on a sandbox cluster' : ''
  say(`Fairlead answers at ${url} with ${isDemo ? 'the guided demo model' : model}${on}. Ctrl-C stops it.`)
  if (isDemo) say('For a real model, set LLM_MODEL and the key of its provider.')
  if (isSandbox)
    say(`For a real cluster, name it with --context. kubectl works on the sandbox with KUBECONFIG=${kubeconfig}`)
  if (setupUrl !== null) say(`Nobody has an account yet. Make the administrator's at ${setupUrl}`)
  if (silence !== undefined) say(`The cluster does not answer (${silence}). It is seen as soon as it does.`)
  if (options.json) {
    const line = { url, api, mcp, kubeconfig, setup_url: setupUrl, sandbox: isSandbox, model }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } else if (options.open && process.stderr.isTTY) openBrowser(setupUrl ?? url, env)
}

/** The sentence for a fault of the options or of the machine; undefined for a bug. */
function sentenceFor(error: unknown, { port, state }: UpOptions): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (sentences.has(error.name)) return error.message
  const { code, syscall, path = state } = error as NodeJS.ErrnoException
  if (syscall === 'listen' && code === 'EADDRINUSE') return `Port ${port} is in use: choose another with --port.`
  if (syscall === 'listen' && code === 'EACCES') return `Port ${port} needs more rights: choose one with --port.`
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo') return 'HOST is not an address of this machine.'
  const isDenied = code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'].includes(code)
  const isNowhere = code === 'ENOENT' && syscall === 'mkdir'
  return isDenied || isNowhere ? `The folder for --state cannot be used: ${path} (${code}).` : undefined
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}
