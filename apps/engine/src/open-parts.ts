import { publicKeysIn } from '@fairlead/contract/audit/public-keys'
import pinnedTools from '@fairlead/contract/tool/pinned-tools.generated.json' with { type: 'json' }
import type { Logger } from '@fairlead/service-kit/logger'
import { auditUnpinned } from './audit-unpinned.ts'
import type { EngineConfig } from './config.ts'
import type { Db } from './db/database.ts'
import { migrateAs } from './db/migrate-as.ts'
import { type Database, openDatabase } from './db/open-database.ts'
import { withRetry } from './db/with-retry.ts'
import { recordKeys } from './event-log/audit/record-keys.ts'
import { keysInFile, keysOfProcess } from './grants/key-file.ts'
import { openGrants } from './grants/open-grants.ts'
import { readKeys, rememberKeys } from './grants/remember-keys.ts'
import { withIntegrations } from './integrations/with-integrations.ts'
import { connectTools, type ToolServer } from './mcp-client/connect-tools.ts'
import { createServerConnections } from './mcp-servers/server-connections.ts'
import { withOtherServers } from './mcp-servers/with-other-servers.ts'
import { openBus } from './open-bus.ts'
import { openCheckpointer } from './open-checkpointer.ts'

const DATABASE_PATIENCE_SECONDS = 300

type Options = {
  config: Readonly<EngineConfig>
  /** The embedded database's folder; without one, Postgres as configured. */
  databaseFolder?: string
  isTailInProcess?: boolean
  leaseSeconds: number
  grantSeconds?: number
  signal: AbortSignal
  log: Logger
  /** Another engine writes the live tail of that key. */
  onFenced(key: string): void
}

export type Parts = Awaited<ReturnType<typeof openParts>>

/** What the engine holds open, in the order of opening; `stack` closes it in the opposite order. */
export async function openParts(stack: AsyncDisposableStack, options: Options) {
  const { config, log, databaseFolder, isTailInProcess = false } = options
  const database = stack.adopt(await openDatabase(addressOf(options)), (opened) => opened.close())
  await prepareDatabase(database, options)
  const grants = stack.adopt(await openGrantsOf(database.db, options), (opened) => opened.close())
  const bus = stack.adopt(
    await openBus(isTailInProcess ? undefined : config.REDIS_URL, { log, onFenced: options.onFenced }),
    (opened) => opened.close(),
  )
  const checkpointUrl =
    databaseFolder === undefined && config.ENABLE_POSTGRES_CHECKPOINTER
      ? (config.CHECKPOINTER_DATABASE_URL ?? config.POSTGRES_DATABASE_URL)
      : undefined
  const checkpointer = stack.adopt(await openCheckpointer(checkpointUrl, log), (opened) => opened.close())
  const { db } = database
  const toolServer = stack.adopt(toolsOf(db, options), (opened) => opened.close())
  const mcpConnections = stack.adopt(connectionsOf(options), (opened) => opened.close())
  const integrated = withIntegrations(toolServer, { db, log })
  const tools = withOtherServers(integrated, { db, connections: mcpConnections, log })
  return { database, grants, bus, checkpointer, toolServer, mcpConnections, tools }
}

function addressOf({ config, databaseFolder, leaseSeconds, log }: Options) {
  if (databaseFolder !== undefined) return { dir: databaseFolder }
  const onBroken = (error: Error) => log.warn({ err: error }, 'A database connection broke')
  return { url: config.POSTGRES_DATABASE_URL, idleSeconds: leaseSeconds, onBroken }
}

/** Waits until the database answers, and brings its tables up to date. */
async function prepareDatabase(database: Database, { config, signal, log }: Options): Promise<void> {
  const onRetry = (error: unknown) => log.warn({ err: error }, 'The database does not answer yet')
  await withRetry(() => database.ping(), { seconds: DATABASE_PATIENCE_SECONDS, signal, onRetry })
  await migrateAs(config.MIGRATIONS_DATABASE_URL, database)
}

async function openGrantsOf(db: Db, { config, log, grantSeconds }: Options) {
  const source = config.GRANT_SIGNING_KEY_FILE ? await keysInFile(config.GRANT_SIGNING_KEY_FILE) : await keysOfProcess()
  return await openGrants({
    source,
    log,
    grantSeconds,
    onKeys: async (published) => {
      await rememberKeys(db, published)
      await recordKeys(db, { signing: published, past: publicKeysIn(await readKeys(db)) })
    },
  })
}

function connectionsOf({ config, log }: Options) {
  const { MCP_TOKENS: tokens, MCP_CALL_TIMEOUT_SECONDS: timeoutSeconds, APP_VERSION: version } = config
  return createServerConnections({ tokens, timeoutSeconds, version, log })
}

function toolsOf(db: Db, { config, log }: Options): ToolServer {
  return connectTools({
    url: config.MCP_SERVER_URL,
    token: config.MCP_AUTH_TOKEN,
    timeoutSeconds: config.MCP_CALL_TIMEOUT_SECONDS,
    pins: pinnedTools,
    onUnpinned: auditUnpinned({ db, pins: pinnedTools, log }),
    log,
    version: config.APP_VERSION,
  })
}
