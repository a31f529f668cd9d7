import type { KnownClusters } from '@fairlead/agent/cluster-facts'
import type { Model } from '@fairlead/agent/model'
import type { Agent } from '@fairlead/agent/run-agent'
import type { Logger } from '@fairlead/service-kit/logger'
import type { Db } from '../db/database.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'
import type { Feed } from '../feed/feed.ts'
import type { Grants } from '../grants/open-grants.ts'
import type { ToolServer } from '../mcp-client/connect-tools.ts'

export type RunSettings = {
  /** Seconds a claim lasts without renewal. */
  leaseSeconds: number
  /** Seconds that a run may take for the step it is in when the engine closes. */
  closeSeconds: number
  maxSteps: number
  maxAutoContinues: number
  contextMessages: number
  contextTokens: number
  execReadAllowList: boolean
  toolResultMaxChars: number
  approvalTtlHours: number
  verifyWaitSeconds: number
  grantAudience: string
  /** The tool server's address, as people may see it. */
  toolServer: string
}

/** The person on whose behalf a run works, by the current row. */
export type RunUser = {
  id: string
  email: string
  groups: readonly string[]
  view_only: boolean
  is_verified: boolean
  is_active: boolean
}

/** What every run of this engine works with; built once, by the composition root. */
export type RunContext = {
  /** Name of this engine's process, unique among those that share the database. */
  engineId: string
  db: Db
  tail: LiveTail
  model: Model
  agent: Agent
  tools: ToolServer
  grants: Grants
  feed: Feed
  settings: RunSettings
  log: Logger
  /** Milliseconds since the epoch. */
  now(): number
  readUser(db: Db, id: string): Promise<RunUser | undefined>
  /** Waits at most a moment; undefined is "unknown". */
  clusterFacts(user: RunUser): Promise<KnownClusters | undefined>
}
