import type { KnownClusters } from '@fairlead/agent/cluster-facts'
import type { Model } from '@fairlead/agent/model'
import type { Agent } from '@fairlead/agent/run-agent'
import type { Logger } from '@fairlead/service-kit/logger'
import type { CallParts, CallSettings } from '../calls/compose-calls.ts'
import type { RunUser } from '../calls/run-user.ts'
import type { Db } from '../db/database.ts'
import type { RecordText } from '../event-log/record-text.ts'
import type { LiveTail } from '../event-log/tail/live-tail.ts'

export type RunSettings = CallSettings & {
  /** Seconds a claim lasts without renewal. */
  leaseSeconds: number
  /** Seconds that a run may take for the step it is in when the engine closes. */
  closeSeconds: number
  maxSteps: number
  maxAutoContinues: number
  contextTokens: number
}

/** What the runs of an engine are composed of. Only the composition takes it whole. */
export type RunParts = Omit<CallParts, 'settings'> & {
  tail: LiveTail
  recordText: RecordText
  model: Model
  agent: Agent
  settings: RunSettings
  log: Logger
  readUser(db: Db, id: string): Promise<RunUser | undefined>
  /** Waits at most a short time; undefined is "unknown". */
  clusterFacts(user: RunUser): Promise<KnownClusters | undefined>
}
