import type { AuditEvent } from '@fairlead/contract/endpoints/audit'
import type { ApiServer } from '@fairlead/testing/api-server'
import { expect } from 'vitest'
import { writesIn } from './cluster-audit.fixture.ts'

type Reconciled = {
  apiServer: ApiServer
  api: string
  /** Somebody who may read all of the audit. */
  owner: { json(api: string, method: string, path: string): Promise<{ body: Record<string, unknown> }> }
  /** Where the installation was asked to write. */
  namespaces: readonly string[]
}

/**
 * The API server's audit log against ours, through the API alone: each write there names a call that one person approved
 * and whose attempt was on record; each attempt that is said to have succeeded is there.
 */
export async function reconcile({ apiServer, api, owner, namespaces }: Reconciled): Promise<void> {
  const events = await auditOf(api, owner)
  const writes = await writesIn(apiServer, namespaces)
  const of = (type: string, fits = (_: AuditEvent) => true) => events.filter((one) => one.type === type && fits(one))
  const revisions = (found: readonly AuditEvent[], callId: string | undefined) =>
    found.filter(({ call_id }) => call_id === callId).map(({ data }) => data.revision)
  const approved = of('approval.decided', ({ data }) => data.approve === true)
  const started = of('attempt.started')
  const begun = of('attempt.ended', ({ data }) => data.outcome !== 'stale')
  const strangers = writes.filter(({ callId }) => {
    const carriedOut = [...new Set(revisions(begun, callId))]
    const isApproved = revisions(approved, callId).filter((one) => one === carriedOut[0]).length === 1
    return carriedOut.length !== 1 || !isApproved || !revisions(started, callId).includes(carriedOut[0])
  })
  expect(strangers, 'writes in the cluster without one approval and its attempt').toEqual([])
  const written = new Set(writes.map(({ callId }) => callId))
  const succeeded = of('call.ended', ({ data }) => data.class === 'write' && data.outcome === 'succeeded')
  expect(
    succeeded.filter(({ call_id }) => !written.has(call_id ?? '')),
    'calls that succeeded and left nothing in the cluster',
  ).toEqual([])
  expect(writes.length, 'something was written at all').toBeGreaterThan(0)
}

async function auditOf(api: string, owner: Reconciled['owner']): Promise<AuditEvent[]> {
  const events: AuditEvent[] = []
  let cursor: string | null = null
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { body } = await owner.json(api, 'GET', `/audit?limit=200${at}`)
    events.push(...(body.items as AuditEvent[]))
    cursor = body.next_cursor as string | null
  } while (cursor !== null)
  return events
}
