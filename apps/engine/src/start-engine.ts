import './silence-tracing.ts'

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Model } from '@fairlead/agent/model'
import { createAgent } from '@fairlead/agent/run-agent'
import { endpoints } from '@fairlead/contract/endpoints/endpoints'
import { describingErrors, type Logger } from '@fairlead/service-kit/logger'
import { createAccessTokens } from './auth/access-tokens.ts'
import { createAuthenticate, readLiveSessions } from './auth/authenticate.ts'
import { readPeople } from './auth/read-people.ts'
import { hasNoUsers } from './auth/register.ts'
import { setupWarning } from './auth/setup-secret.ts'
import { watchSessions } from './auth/watch-sessions.ts'
import { runBackgroundWork } from './background-work.ts'
import { createOwnWrite } from './calls/own-write/own-writes.ts'
import type { EngineConfig } from './config.ts'
import { withoutParameters } from './db/without-parameters.ts'
import { decideContext } from './decide-context.ts'
import { type EndpointParts, endpointHandlers } from './endpoint-handlers.ts'
import { createFeed } from './feed/feed.ts'
import type { Grants } from './grants/open-grants.ts'
import { buildServer } from './http/build-server.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { firstAnswer } from './mcp-client/first-answer.ts'
import { gateMisfit } from './mcp-client/gate-misfit.ts'
import { createToolServerHealth } from './mcp-client/tool-server-health.ts'
import { createModel } from './model/create-model.ts'
import { modelSettingsOf } from './model-settings.ts'
import { openParts, type Parts } from './open-parts.ts'
import { readRedactionKey } from './read-redaction-key.ts'
import { runSettingsOf } from './run-settings.ts'
import { createClusterFacts } from './runs/cluster-facts.ts'
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

/** Builds the engine from its configuration and starts it. Rejects, with nothing left running, when it cannot start. */
export async function startEngine(config: Readonly<EngineConfig>, options: StartOptions): Promise<Engine> {
  const { signal, leaseSeconds = 30, closeSeconds = 100, demoModel, isSandbox = false, toolPauseSeconds = 3 } = options
  const log = describingErrors(options.log, withoutParameters)
  const engineId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  // A missing key is reported before a database is made for nothing.
  const model = demoModel ?? (await createModel({ settings: modelSettingsOf(config), log }))
  const redactionKey = await readRedactionKey(config)
  await using stack = new AsyncDisposableStack()
  // Set below, once there are runs; before that no tail can be fenced.
  let runs: Runs | undefined
  const onFenced = (key: string) => runs?.lost(key)
  const parts = await openParts(stack, { ...options, config, leaseSeconds, log, onFenced })
  const { database, grants, bus, checkpointer, tools } = parts
  const { db } = database
  const now = Date.now
  const feed = createFeed(bus.userStream)
  const facts = createClusterFacts({ db, tools, grants, audience: config.MCP_GRANT_AUDIENCE, isSandbox, now })
  const settings = runSettingsOf(config, { leaseSeconds, closeSeconds })
  runs = createRuns({
    ...{ engineId, db, tail: bus.tail, model, tools, grants, feed, log, now },
    agent: createAgent(checkpointer.saver),
    readUser: async (from, id) => (await readPeople(from, [id])).get(id),
    clusterFacts: facts.soon,
    settings,
  })
  const ownWrite = createOwnWrite({
    ...{ engineId, db, tools: parts.toolServer, grants, now, settings, signal, log },
  })
  const decisions = decideContext(config, { db, feed, redactionKey, now })
  const toolsHealth = createToolServerHealth({ tools, readMisfit: readMisfit(config, grants), log, now })
  const server = await openServer({
    ...{ config, parts, runs, ownWrite, toolsHealth, facts, feed, decisions, signal, log },
    model: { id: demoModel?.id ?? config.LLM_MODEL, demo: demoModel !== undefined },
  })
  stack.defer(() => server.close())
  const url = await server.listen({ host: config.HOST, port: config.PORT })
  await firstAnswer(tools, { signal, pauseSeconds: toolPauseSeconds })
  void toolsHealth.refresh()
  const warning = (await hasNoUsers(db)) ? setupWarning(config.SETUP_SECRET) : undefined
  if (warning !== undefined) log.warn(warning)

  const { APP_NAME: app, APP_VERSION: version, APP_DESCRIPTION: description } = config
  log.info({ app, version, description, url, engine: engineId }, 'The engine answers')
  // Behind the start: the recovery of runs whose engines died cannot keep this one from starting.
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

/** How the gate of the tool server differs from this engine's. */
function readMisfit(config: Readonly<EngineConfig>, grants: Grants) {
  return () => gateMisfit(config.MCP_SERVER_URL, { kid: grants.kid(), execReadAllowList: config.EXEC_READ_ALLOWLIST })
}

type ServerParts = Pick<
  EndpointParts,
  'config' | 'runs' | 'ownWrite' | 'toolsHealth' | 'facts' | 'feed' | 'decisions' | 'model' | 'signal' | 'log'
> & { parts: Parts }

/** The HTTP server over the parts of the engine. Not listening yet. */
async function openServer({ parts, ...of }: ServerParts) {
  const { config, log } = of
  const { db } = parts.database
  const tokens = createAccessTokens(config)
  return await buildServer({
    config,
    endpoints,
    authenticate: createAuthenticate({ db, tokens }),
    watchSession: watchSessions((ids) => readLiveSessions(db, ids)),
    limit: config.RATE_LIMITING_ENABLED
      ? createRateLimit({
          name: 'requests',
          points: config.RATE_LIMIT_PER_MINUTE,
          seconds: 60,
          redis: parts.bus.limiterRedis,
        })
      : undefined,
    log,
    handlers: endpointHandlers({ ...of, ...parts, tokens }),
  })
}
