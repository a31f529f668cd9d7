import type { CallFacts } from '@fairlead/agent/call'
import type { Position } from '@fairlead/agent/position'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { Db } from '../db/database.ts'
import type { NewAuditEvent } from '../event-log/audit/record-audit.ts'
import type { MessagePlace } from '../event-log/record/write-messages.ts'
import type { RunLog } from '../event-log/run-log.ts'
import { identityMeta } from './identity-meta.ts'
import type { RunContext, RunUser } from './run-context.ts'

/** A run that this engine holds, as far as its calls need to know it; `epoch` fences every write. */
export type HeldRun = { run_id: string; conversation_id: string; user_id: string; epoch: number; started_at: Date }

/** One run while this engine works on it. */
export type Execution = {
  context: RunContext
  claim: HeldRun
  /** Part of every transaction: keeps the position, and throws `LeaseLost` when the run is another engine's. */
  hold(tx: Db, position: Position | undefined): Promise<void>
  /** Whether the run went with its conversation. */
  isDeleted(): Promise<boolean>
  log: RunLog
  signal: AbortSignal
  /** As the last turn has seen them. */
  user: RunUser
  place: MessagePlace
  /** First line of what the user asked, redacted: what approvers see of the request. */
  request: string
  /** Work that outlives the run's stream: a write that was under way when a person stopped the run. */
  background: Set<Promise<unknown>>
}

export type Step = {
  /** Undefined for the step that ends the run: no position is left behind. */
  position: Position | undefined
  /** True rolls the step back before its facts: they no longer apply. */
  unless?: (tx: Db) => Promise<boolean>
  facts?: (tx: Db) => Promise<unknown>
  events?: readonly RunEventBody[]
  audit?: readonly Omit<NewAuditEvent, 'conversation_id' | 'run_id' | 'user_id'>[]
}

/**
 * One step of the run: facts, position, events and audit in one transaction, then the events on the live tail. False
 * when `unless` kept it from happening.
 */
export async function commitStep(execution: Execution, step: Step): Promise<boolean> {
  const { position, unless, facts, events, audit = [] } = step
  const { log } = execution
  return await log.commit({
    hold: (tx) => execution.hold(tx, position),
    unless,
    facts,
    events,
    audit: audit.map((event) => ({ ...event, ...auditIds(execution) })),
  })
}

export function auditIds({ claim }: Pick<Execution, 'claim'>) {
  return { conversation_id: claim.conversation_id, run_id: claim.run_id, user_id: claim.user_id }
}

/** The identity that every call of this run carries, where it may carry one. */
export async function callIdentity({ context, user }: Execution): Promise<Record<string, string>> {
  const { grants, settings } = context
  return await identityMeta({ grants, audience: settings.grantAudience }, user)
}

export function named(call: Pick<CallFacts, 'call_id' | 'tool'> & { title: string }) {
  return { call_id: call.call_id, tool: call.tool, title: call.title }
}
