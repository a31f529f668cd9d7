import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { Logger } from '@fairlead/service-kit/logger'
import { afterDecisions } from './after-decisions.ts'
import type { DecideContext } from './approvals/find-decidable.ts'
import { readApprovals, readEffects } from './approvals/read-approvals.ts'
import { approvalHandlers } from './approvals/routes.ts'
import { auditHandlers } from './audit/routes.ts'
import type { AccessTokens } from './auth/access-tokens.ts'
import { authHandlers } from './auth/routes.ts'
import { whenTokenExpires } from './auth/when-token-expires.ts'
import { cancelServerCalls } from './calls/cancel-server-calls.ts'
import { identityMeta } from './calls/identity-meta.ts'
import type { OwnWrite } from './calls/own-write/own-writes.ts'
import { publishCancelled } from './calls/publish-cancelled.ts'
import type { EngineConfig } from './config.ts'
import { isTitlePending } from './conversations/conversation-rows.ts'
import { type ConversationPorts, conversationHandlers } from './conversations/routes.ts'
import type { Db } from './db/database.ts'
import type { Database } from './db/open-database.ts'
import { chainKeys } from './event-log/audit/chain-keys.ts'
import { recordAudit } from './event-log/audit/record-audit.ts'
import { sealerLag } from './event-log/audit/seal.ts'
import { isAwaitingApproval } from './event-log/record/calls.ts'
import { readTimeline } from './event-log/record/read-timeline.ts'
import type { Feed } from './feed/feed.ts'
import { feedHandlers } from './feed/routes.ts'
import type { openGrants } from './grants/open-grants.ts'
import { readKeys } from './grants/remember-keys.ts'
import { Answered } from './http/answered.ts'
import type { Handlers } from './http/handlers.ts'
import { healthHandlers } from './http/health-handlers.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { readIntegrations } from './integrations/integration-rows.ts'
import { integrationHandlers } from './integrations/routes.ts'
import type { ToolServer } from './mcp-client/connect-tools.ts'
import { publicAddress } from './mcp-client/public-address.ts'
import type { ToolServerHealth } from './mcp-client/tool-server-health.ts'
import { mcpServerHandlers } from './mcp-servers/routes.ts'
import type { ServerConnections } from './mcp-servers/server-connections.ts'
import type { Bus } from './open-bus.ts'
import type { Checkpointer } from './open-checkpointer.ts'
import type { ClusterFactsReader } from './runs/cluster-facts.ts'
import { removeRuns } from './runs/remove-runs.ts'
import { agentHandlers } from './runs/routes.ts'
import { readActiveRun, readRun, readRunsBetween } from './runs/run-rows.ts'
import type { Runs } from './runs/runs.ts'

export type EndpointParts = {
  config: Readonly<EngineConfig>
  database: Database
  bus: Bus
  tokens: AccessTokens
  runs: Runs
  /** The tool server itself. */
  toolServer: ToolServer
  /** Connections to the servers that administrators have registered. */
  mcpConnections: ServerConnections
  /** All of them, with what integrations give to calls. */
  tools: ToolServer
  ownWrite: OwnWrite
  toolsHealth: ToolServerHealth
  facts: ClusterFactsReader
  feed: Feed
  grants: Awaited<ReturnType<typeof openGrants>>
  decisions: DecideContext
  checkpointer: Checkpointer
  /** As clients see it. */
  model: { id: string; demo: boolean }
  /** Aborted when the engine is to stop. */
  signal: AbortSignal
  log: Logger
}

/** Every endpoint's handler, over the parts of the engine that it needs. */
export function endpointHandlers(parts: EndpointParts): Handlers<Endpoints> {
  const { config, database, bus, tokens, runs, tools, facts, feed, grants, decisions, signal, log } = parts
  const { db } = database
  const decided = afterDecisions({ feed, runs })
  const isRunEnded = async (from: Db, runId: string) => (await readRun(from, runId))?.status !== 'running'
  const onUnreadable = (error: unknown) =>
    log.error({ err: error }, 'A stream can be read neither live nor from the record')
  const reader = { db, tail: bus.tail, readEffects, isRunEnded, isTitlePending, onUnreadable }
  return {
    ...authHandlers({
      db,
      tokens,
      recordAudit,
      loginLimits: {
        tries: createRateLimit({ name: 'logins', points: 10, seconds: 300, redis: bus.limiterRedis }),
        addresses: createRateLimit({ name: 'login-addresses', points: 30, seconds: 300, redis: bus.limiterRedis }),
      },
      setupTries: createRateLimit({ name: 'setup', points: 10, seconds: 60, redis: bus.limiterRedis }),
      config,
    }),
    ...conversationHandlers(conversationPorts(parts)),
    ...agentHandlers({
      db,
      runs,
      reader,
      tools,
      facts,
      decisions,
      publishDecision: decided.publish,
      hasJenkins: async () => (await readIntegrations(db, 'jenkins')).some(({ status }) => status === 'active'),
      about: { version: config.APP_VERSION, model: parts.model },
    }),
    ...approvalHandlers({ ...decisions, afterDecisions: decided.publishAndWake }),
    ...feedHandlers({ feed, whenTokenExpires: whenTokenExpires(signal) }),
    ...integrationHandlers({
      db,
      ownWrite: parts.ownWrite,
      credentialsNamespace: config.INTEGRATIONS_SECRET_NAMESPACE,
      tools: parts.toolServer,
      identity: (by) => identityMeta({ grants, audience: config.MCP_GRANT_AUDIENCE }, by),
      log,
    }),
    ...mcpServerHandlers({
      db,
      connections: parts.mcpConnections,
      cancelCalls: (of) => cancelServerCalls({ db, feed }, of),
      builtin: {
        url: publicAddress(config.MCP_SERVER_URL),
        audience: config.MCP_GRANT_AUDIENCE,
        server: parts.toolServer,
      },
    }),
    ...auditHandlers({
      db,
      publicKeys: async () => ({ keys: await readKeys(db) }),
      chainKeys: async () => chainKeys({ own: (await grants.jwks()).keys, kept: await readKeys(db) }),
    }),
    ...healthHandlers({
      pingDatabase: database.ping,
      redis: bus.health,
      mcp: parts.toolsHealth.check,
      checkpointer: parts.checkpointer.kind,
      sealerLag: () => sealerLag(db),
      isStopping: () => signal.aborted,
    }),
    // A new key is seen within a minute.
    jwks: async () => new Answered(await grants.jwks(), { headers: { 'cache-control': 'max-age=60' } }),
  }
}

function conversationPorts({ database, runs, feed }: EndpointParts): ConversationPorts {
  return {
    db: database.db,
    readTimeline: (from, query) => readTimeline(from, query, { approvalsOf: readApprovals, runsOf: readRunsBetween }),
    activeRun: async (from, id) => (await readActiveRun(from, id))?.id,
    isAwaitingApproval,
    stopRun: runs.stopConversation,
    removeRuns: async (tx, conversation) => {
      const closed = await removeRuns(tx, conversation)
      return () => publishCancelled(feed, conversation.user_id, closed)
    },
    publish: feed.publish,
  }
}
