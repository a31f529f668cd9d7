import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'
import type { Logger, LogLevel } from '@fairlead/service-kit/logger'
import type { Shutdown } from '@fairlead/service-kit/shutdown'
import type { Cluster } from './choose-cluster.ts'
import { readClusterProblem } from './cluster-problem.ts'
import { type Environment, engineSettings, mcpSettings, pageSettings } from './part-settings.ts'
import { reservePort } from './reserve-port.ts'
import { type Page, startPage } from './start-page.ts'
import type { StateFolder } from './state-folder.ts'

export type PartsOptions = {
  /** The process's own. */
  env: NodeJS.ProcessEnv
  state: StateFolder
  cluster: Cluster
  /** Of the page. */
  port: number
  log: Logger
  shutdown: Shutdown
  /** Tells the person why it takes longer this time. */
  say(line: string): void
}
export type Parts = {
  /** The page, without a trailing slash. */
  url: string
  /** The engine's own address; ends with the API's path. */
  api: string
  mcp: string
  model: string
  /** No real model is connected: the guided demo answers. */
  isDemo: boolean
  /** Why the cluster cannot be reached for now; undefined when it answers. */
  silence: string | undefined
  /** What the first account needs; `off` where it needs nothing. */
  setupSecret: string
  /** Resolves to a sentence when a part of it ends by itself. */
  died: Promise<string>
}

/** What was compiled at one start need not be at the next; a folder that cannot be written to costs nothing but that. */
const compiled = resolve(import.meta.dirname, '../../../../node_modules/.cache/fairlead')

/**
 * The page in a process of its own, beside it tool server and engine in this one. What was started is closed by
 * `shutdown`: the page first, so that nobody is left talking to an engine that has gone.
 */
export async function startParts(options: PartsOptions): Promise<Parts> {
  const { env, port, shutdown } = options
  enableCompileCache(compiled)
  // Said before anything is started, and before the database is opened for nothing.
  await reservePort(port, env.HOST || '127.0.0.1')
  const enginePort = await reservePort(0, '127.0.0.1')
  const stop = new AbortController()
  const started = startBuiltPage(options, enginePort, AbortSignal.any([shutdown.signal, stop.signal]))
  // It may fail while the engine still starts; this is reported once the start is over.
  started.catch(() => {})
  try {
    const services = await startServices(options, enginePort)
    const page = await started
    shutdown.onClose('page', page.close)
    shutdown.signal.throwIfAborted()
    return { ...services, url: page.url, died: page.died }
  } catch (error) {
    stop.abort()
    await started.catch(() => {})
    throw error
  }
}

async function startBuiltPage(
  { env, port, say }: PartsOptions,
  enginePort: number,
  signal: AbortSignal,
): Promise<Page> {
  const [{ parseConfig }, { ensureBuilt }] = await Promise.all([
    import('@fairlead/command-center/config'),
    import('@fairlead/command-center/build/ensure-built'),
  ])
  const apiUrl = `http://127.0.0.1:${enginePort}${env.API_V1_STR || '/api/v1'}`
  const settings = pageSettings(env, { port, apiUrl })
  // Its own process would say it too, but not as the other parts' faults are said.
  parseConfig(settings)
  await ensureBuilt({ say, signal })
  return await startPage({ ...settings, NODE_COMPILE_CACHE: compiled }, signal)
}

type Services = Omit<Parts, 'url' | 'died'>

async function startServices({ env, state, cluster, port, log, shutdown }: PartsOptions, enginePort: number) {
  // Loaded here and not at the top: the other commands start without them.
  const [{ parseConfig: parseMcp }, { startMcp }, { parseConfig: parseEngine }, { startEngine }] = await Promise.all([
    import('@fairlead/mcp/config'),
    import('@fairlead/mcp/composition/start-mcp'),
    import('@fairlead/engine/config'),
    import('@fairlead/engine/start-engine'),
  ])
  const demo = env.LLM_MODEL ? undefined : await import('@fairlead/demo-model/demo-model')
  /** Quiet unless `LOG_LEVEL` is set: what a person needs at a terminal is written in sentences. */
  const partLog = (part: string, level: LogLevel) => log.child({ part }, env.LOG_LEVEL ? { level } : {})
  const mcpConfig = parseMcp(mcpSettings(env, state, cluster), ['--host', '127.0.0.1', '--port', '0'])
  const mcp = await startMcp(mcpConfig, {
    // Not the shutdown's: the engine's calls in flight have to end first, then this server is closed.
    signal: new AbortController().signal,
    log: partLog('mcp', mcpConfig.logLevel),
  })
  shutdown.onClose('mcp', mcp.close)
  if (mcp.url === undefined) throw new Error('the tool server does not listen')
  const addresses = { mcpUrl: mcp.url, port: enginePort, pagePort: port }
  const settings: Environment = engineSettings(env, state, addresses, demo?.DEMO_CONTEXT_MESSAGES)
  const config = parseEngine(settings)
  const demoModel = demo?.createDemoModel({ contextMessages: config.LLM_CONTEXT_WINDOW_MESSAGES })
  shutdown.signal.throwIfAborted()
  const starting = startEngine(config, {
    signal: shutdown.signal,
    log: partLog('engine', config.LOG_LEVEL),
    databaseFolder: env.POSTGRES_DATABASE_URL ? undefined : join(state.path, 'database'),
    isTailInProcess: !env.REDIS_URL,
    isSandbox: cluster.isSandbox,
    demoModel,
  })
  // Known before it is there: what it stands on must not go while it still starts.
  shutdown.onClose('engine', async () => (await starting.catch(() => undefined))?.close())
  const [silence, engine] = await Promise.all([readClusterProblem(mcp.url), starting])
  const api = new URL(config.API_V1_STR, engine.url).href
  const model = demoModel?.id ?? config.LLM_MODEL
  return {
    api,
    mcp: mcp.url,
    setupSecret: config.SETUP_SECRET ?? 'off',
    model,
    isDemo: demoModel !== undefined,
    silence,
  } satisfies Services
}
