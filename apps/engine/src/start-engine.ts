import './silence-tracing.ts'

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Model } from '@fairlead/agent/model'
import { createAgent } from '@fairlead/agent/run-agent'
import { publicKeysIn } from '@fairlead/contract/audit/public-keys'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import pinnedTools from '@fairlead/contract/tool/pinned-tools.generated.json' with { type: 'json' }
import { describingErrors, type Logger } from '@fairlead/service-kit/logger'
import { tellExpired } from './after-decisions.ts'
import { createShownTokens } from './approvals/shown-token.ts'
import { auditUnpinned } from './audit-unpinned.ts'
import { createAccessTokens } from './auth/access-tokens.ts'
import { createAuthenticate, readLiveSessions } from './auth/authenticate.ts'
import { readPeople } from './auth/read-people.ts'
import { hasNoUsers } from './auth/register.ts'
import { setupWarning } from './auth/setup-secret.ts'
import { watchSessions } from './auth/watch-sessions.ts'
import { runBackgroundWork } from './background-work.ts'
import type { RunContext } from './calls/run-context.ts'
import type { EngineConfig } from './config.ts'
import { readConversation } from './conversations/conversation-rows.ts'
import type { Db } from './db/database.ts'
import { migrateAs } from './db/migrate-as.ts'
import { openDatabase } from './db/open-database.ts'
import { withRetry } from './db/with-retry.ts'
import { withoutParameters } from './db/without-parameters.ts'
import { endpointHandlers } from './endpoint-handlers.ts'
import { recordKeys } from './event-log/audit/record-keys.ts'
import type { CallRow } from './event-log/record/calls.ts'
import { readRequest } from './event-log/record/read-request.ts'
import { createFeed } from './feed/feed.ts'
import { keysInFile, keysOfProcess } from './grants/key-file.ts'
import { openGrants } from './grants/open-grants.ts'
import { readKeys, rememberKeys } from './grants/remember-keys.ts'
import { buildServer } from './http/build-server.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { connectTools } from './mcp-client/connect-tools.ts'
import { firstAnswer } from './mcp-client/first-answer.ts'
import { gateMisfit } from './mcp-client/gate-misfit.ts'
import { createToolServerHealth } from './mcp-client/tool-server-health.ts'
import { createModel } from './model/create-model.ts'
import { modelSettingsOf } from './model-settings-of.ts'
import { openBus } from './open-bus.ts'
import { openCheckpointer } from './open-checkpointer.ts'
import { readRedactionKey } from './read-redaction-key.ts'
import { runSettingsOf } from './run-settings-of.ts'
import { createClusterFacts } from './runs/cluster-facts.ts'
import { readActiveRun } from './runs/run-rows.ts'
import { createRuns, type Runs } from './runs/runs.ts'

export type StartOptions = {
  /** Aborted when the engine is to stop: runs are let go of; `close` waits for what must end. */
  signal: AbortSignal
  log: Logger
  /** The embedded database's folder; without one, Postgres as configured. */
  databaseFolder?: string
  /** Live tails, user events and limits in this process instead of Redis. */
  isTailInProcess?: boolean
  /** Answers in place of the model of `LLM_MODEL`; everybody is told that it is a demo. */
  demoModel?: Model
  /** The cluster is an embedded stand-in; everybody is told that, too. */
  isSandbox?: boolean
  /** How long a claim lasts without renewal. */
  leaseSeconds?: number
  /** How long a grant is good; for tests. */
  grantSeconds?: number
  /** How long a run may take for the step it is in when the engine closes. */
  closeSeconds?: number
  /** How long to wait before a tool server that does not answer at the start is asked again. */
  toolPauseSeconds?: number
}

export type Engine = {
  /** Where it listens, without a trailing slash. */
  url: string
  close(): Promise<void>
}

const DATABASE_PATIENCE_SECONDS = 300

/** Builds the engine from its configuration and starts it. Rejects, with nothing left running, when it cannot start. */
export async function startEngine(config: Readonly<EngineConfig>, options: StartOptions): Promise<Engine> {
  const { signal, databaseFolder, isTailInProcess = false, leaseSeconds = 30, closeSeconds = 100 } = options
  const { demoModel, isSandbox = false, toolPauseSeconds = 3, grantSeconds } = options
  const log = describingErrors(options.log, withoutParameters)
  const engineId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  // A key that is missing is said before a database is made for nothing.
  const model = demoModel ?? (await createModel({ settings: modelSettingsOf(config), log }))
  const redactionKey = await readRedactionKey(config)
  await using stack = new AsyncDisposableStack()

  const onBroken = (error: Error) => log.warn({ err: error }, 'A database connection broke')
  const address =
    databaseFolder === undefined
      ? { url: config.POSTGRES_DATABASE_URL, idleSeconds: leaseSeconds, onBroken }
      : { dir: databaseFolder }
  const database = stack.adopt(await openDatabase(address), (opened) => opened.close())
  const { db } = database
  const onRetry = (error: unknown) => log.warn({ err: error }, 'The database does not answer yet')
  await withRetry(() => database.ping(), { seconds: DATABASE_PATIENCE_SECONDS, signal, onRetry })
  await migrateAs(config.MIGRATIONS_DATABASE_URL, database)

  const keys = config.GRANT_SIGNING_KEY_FILE ? await keysInFile(config.GRANT_SIGNING_KEY_FILE) : await keysOfProcess()
  const grants = stack.adopt(
    await openGrants({
      source: keys,
      log,
      grantSeconds,
      onKeys: async (published) => {
        await rememberKeys(db, published)
        await recordKeys(db, { signing: published, past: publicKeysIn(await readKeys(db)) })
      },
    }),
    (opened) => opened.close(),
  )
  // Assigned once everything that runs need is there; nothing can be fenced before.
  const runsBox: { runs?: Runs } = {}
  const bus = stack.adopt(
    await openBus(isTailInProcess ? undefined : config.REDIS_URL, { log, onFenced: (key) => runsBox.runs?.lost(key) }),
    (opened) => opened.close(),
  )
  const checkpointUrl = databaseFolder === undefined && config.ENABLE_POSTGRES_CHECKPOINTER
  const checkpointer = stack.adopt(
    await openCheckpointer(
      checkpointUrl ? (config.CHECKPOINTER_DATABASE_URL ?? config.POSTGRES_DATABASE_URL) : undefined,
      log,
    ),
    (opened) => opened.close(),
  )
  const tools = stack.adopt(
    connectTools({
      url: config.MCP_SERVER_URL,
      token: config.MCP_AUTH_TOKEN,
      timeoutSeconds: config.MCP_CALL_TIMEOUT_SECONDS,
      pins: pinnedTools,
      onUnpinned: auditUnpinned({ db, pins: pinnedTools, log }),
      log,
      version: config.APP_VERSION,
    }),
    (opened) => opened.close(),
  )
  const feed = createFeed(bus.userStream)
  const now = Date.now
  const ownGate = () => ({ kid: grants.kid(), execReadAllowList: config.EXEC_READ_ALLOWLIST })
  const readMisfit = () => gateMisfit(config.MCP_SERVER_URL, ownGate())
  const toolsHealth = createToolServerHealth({ tools, readMisfit, log, now })
  const audience = config.MCP_GRANT_AUDIENCE
  const facts = createClusterFacts({ db, tools, grants, audience, isSandbox, now })
  const context: RunContext = {
    engineId,
    db,
    tail: bus.tail,
    model,
    agent: createAgent(checkpointer.saver),
    tools,
    grants,
    feed,
    log,
    now,
    readUser: async (from, id) => (await readPeople(from, [id])).get(id),
    clusterFacts: facts.soon,
    settings: runSettingsOf(config, { leaseSeconds, closeSeconds }),
  }
  const runs = createRuns(context)
  runsBox.runs = runs

  const decisions = {
    db,
    people: readPeople,
    originOf: async (from: Db, call: CallRow) => {
      const conversation = await readConversation(from, call.conversation_id ?? '')
      return conversation && { user_id: conversation.user_id, request: await readRequest(from, conversation.id) }
    },
    approvalTtlHours: config.APPROVAL_TTL_HOURS,
    isRunActive: async (from: Db, id: string) => (await readActiveRun(from, id)) !== undefined,
    tellExpired: tellExpired(feed),
    now: () => new Date(now()),
    redactionKey,
    shown: createShownTokens(config.JWT_SECRET),
  }
  const tokens = createAccessTokens(config)
  const server = await buildServer({
    config,
    endpoints,
    authenticate: createAuthenticate({ db, tokens }),
    watchSession: watchSessions((ids) => readLiveSessions(db, ids)),
    limit: config.RATE_LIMITING_ENABLED
      ? createRateLimit({
          name: 'requests',
          points: config.RATE_LIMIT_PER_MINUTE,
          seconds: 60,
          redis: bus.limiterRedis,
        })
      : undefined,
    log,
    handlers: endpointHandlers({
      config,
      database,
      bus,
      tokens,
      runs,
      tools,
      toolsHealth,
      facts,
      feed,
      grants,
      decisions,
      checkpointer,
      model: { id: demoModel?.id ?? config.LLM_MODEL, demo: demoModel !== undefined },
      signal,
      log,
    }),
  })
  stack.defer(() => server.close())
  const url = await server.listen({ host: config.HOST, port: config.PORT })
  await firstAnswer(tools, { signal, pauseSeconds: toolPauseSeconds })
  void toolsHealth.look()
  const warning = (await hasNoUsers(db)) ? setupWarning(config.SETUP_SECRET) : undefined
  if (warning !== undefined) log.warn(warning)

  const { APP_NAME: app, APP_VERSION: version, APP_DESCRIPTION: description } = config
  log.info({ app, version, description, url, engine: engineId }, 'The engine answers')
  // Runs of engines that died are recovered behind that: whatever they do, the start is over.
  const work = runBackgroundWork({ config, engineId, db, runs, grants, decisions, signal, log })
  const opened = stack.move()
  return {
    url,
    close: async () => {
      await work
      await opened.disposeAsync()
    },
  }
}
