import { join } from 'node:path'
import type { Logger, LogLevel } from '@fairlead/service-kit/logger'
import type { Shutdown } from '@fairlead/service-kit/shutdown'
import type { Cluster } from './choose-cluster.ts'
import { clusterSilence } from './cluster-silence.ts'
import { engineSettings, mcpSettings } from './part-settings.ts'
import type { StateFolder } from './state-folder.ts'

export type PartsOptions = {
  /** The process's own. */
  env: NodeJS.ProcessEnv
  state: StateFolder
  cluster: Cluster
  port: number
  log: Logger
  shutdown: Shutdown
}
export type Parts = {
  api: string
  mcp: string
  model: string
  /** Why the cluster cannot be reached for now; undefined when it answers. */
  silence: string | undefined
}

/** Tool server first, engine second, both in this process; what was started is closed by `shutdown`. */
export async function startParts(options: PartsOptions): Promise<Parts> {
  const { env, state, cluster, port, log, shutdown } = options
  // Loaded here and not at the top: the other commands start without them.
  const [{ parseConfig: parseMcp }, { startMcp }, { parseConfig: parseEngine }, { startEngine }] = await Promise.all([
    import('@fairlead/mcp/config'),
    import('@fairlead/mcp/start-mcp'),
    import('@fairlead/engine/config'),
    import('@fairlead/engine/start-engine'),
  ])
  /** Quiet unless somebody asked: what a person needs at a terminal is said in sentences. */
  const partLog = (part: string, asked: LogLevel) => log.child({ part }, env.LOG_LEVEL ? { level: asked } : {})
  const mcpConfig = parseMcp(mcpSettings(env, state, cluster), ['--host', '127.0.0.1', '--port', '0'])
  const mcp = await startMcp(mcpConfig, {
    // Not the shutdown's: the engine's calls in flight have to end first, then this server is closed.
    signal: new AbortController().signal,
    log: partLog('mcp', mcpConfig.logLevel),
  })
  shutdown.onClose('mcp', mcp.close)
  if (mcp.url === undefined) throw new Error('the tool server does not listen')
  const config = parseEngine(engineSettings(env, state, mcp.url, port))
  const [silence, engine] = await Promise.all([
    clusterSilence(mcp.url),
    startEngine(config, {
      signal: shutdown.signal,
      log: partLog('engine', config.LOG_LEVEL),
      databaseFolder: env.POSTGRES_DATABASE_URL ? undefined : join(state.path, 'database'),
      isTailInProcess: !env.REDIS_URL,
    }),
  ])
  shutdown.onClose('engine', engine.close)
  return { api: new URL(config.API_V1_STR, engine.url).href, mcp: mcp.url, model: config.LLM_MODEL, silence }
}
