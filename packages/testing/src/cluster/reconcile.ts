import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { ApiServer } from './api-server.ts'
import { type ClusterWrite, writesIn } from './cluster-writes.ts'

export type Reconciliation = {
  writes: number
  /** In the cluster, without exactly one approval and its attempt. */
  strangers: ClusterWrite[]
  /** Ids of calls that are said to have succeeded, and have left nothing in the cluster. */
  missing: string[]
}
export type ReconciliationOptions = {
  apiServer: ApiServer
  /** Where the installation may have written. */
  namespaces: readonly string[]
  /** Body of a GET below the API, as somebody who may read all of the audit. */
  read(path: string): Promise<unknown>
}

/**
 * The API server's audit log against the product's, through its API alone, once no write is under way: each write there
 * names a call that one person approved and whose attempt was on record, and the other way round.
 */
export async function reconcile({ apiServer, namespaces, read }: ReconciliationOptions): Promise<Reconciliation> {
  const events = await settledAudit(read)
  const writes = await writesIn(apiServer, namespaces)
  const of = (type: string, fits = (_: AuditEvent) => true) => events.filter((one) => one.type === type && fits(one))
  const revisions = (found: readonly AuditEvent[], callId: string | undefined) =>
    found.filter(({ call_id }) => call_id === callId).map(({ data }) => data.revision)
  const approved = of('approval.decided', ({ data }) => data.approve === true)
  const started = of('attempt.started')
  const begun = of('attempt.ended', ({ data }) => data.outcome !== 'stale')
  const written = new Set(writes.map(({ callId }) => callId))
  const succeeded = of('call.ended', ({ data }) => data.class === 'write' && data.outcome === 'succeeded')
  return {
    writes: writes.length,
    strangers: writes.filter(({ callId }) => {
      const carriedOut = [...new Set(revisions(begun, callId))]
      const isApproved = revisions(approved, callId).filter((one) => one === carriedOut[0]).length === 1
      return carriedOut.length !== 1 || !isApproved || !revisions(started, callId).includes(carriedOut[0])
    }),
    missing: succeeded.flatMap(({ call_id }) => (call_id === null || written.has(call_id) ? [] : [call_id])),
  }
}

/** All of it, as soon as every attempt that was started has ended. */
async function settledAudit(read: ReconciliationOptions['read']): Promise<AuditEvent[]> {
  for (;;) {
    const events: AuditEvent[] = []
    let cursor: string | null = null
    do {
      const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page = (await read(`/audit?limit=200${at}`)) as { items: AuditEvent[]; next_cursor: string | null }
      events.push(...page.items)
      cursor = page.next_cursor
    } while (cursor !== null)
    // One whose conversation was deleted under way may have two ends: unknown, then what became of it.
    const ended = new Set(events.map(({ type, data }) => type === 'attempt.ended' && data.attempt))
    if (events.every(({ type, data }) => type !== 'attempt.started' || ended.has(data.attempt))) return events
    await sleep(100)
  }
}
