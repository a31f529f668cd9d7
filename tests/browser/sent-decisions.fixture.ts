import type { FaultProxy } from '@fairlead/testing/cluster/fault-proxy'
import type { Pool } from 'pg'
import { expect } from 'vitest'

export type SentDecision = {
  /** How it was sent. */
  by: 'chat' | 'inbox' | 'batch'
  call_id: string
  approve: boolean
  args_digest: string
  effect_digest: string
  reason?: string
}

/** Every decision that the page has sent, as the wire carried it. */
export function sentDecisions({ requests }: FaultProxy): SentDecision[] {
  return requests.flatMap(({ method, path, body }) => {
    if (method !== 'POST') return []
    if (/\/approvals\/decisions$/.test(path)) {
      const { decisions } = JSON.parse(body) as { decisions: Omit<SentDecision, 'by'>[] }
      return decisions.map((decision) => ({ by: 'batch' as const, ...decision }))
    }
    const [, place, id] = /\/(agent\/approvals|approvals)\/([^/]+)(?:\/decision)?$/.exec(path) ?? []
    if (place === undefined || id === undefined) return []
    const by = place === 'approvals' ? 'inbox' : 'chat'
    return [{ by, ...JSON.parse(body), call_id: decodeURIComponent(id) }]
  })
}

/** Each decision carries both digests, and they are those of a revision of the call that was really asked about. */
export async function expectBound({ toEngine, sql }: { toEngine: FaultProxy; sql: Pool }, least = 0): Promise<void> {
  const sent = sentDecisions(toEngine)
  expect(sent.length).toBeGreaterThanOrEqual(least)
  const { rows } = await sql.query<Record<'call_id' | 'args_digest' | 'effect_digest', string>>(
    `select call_id, args_digest, effect_digest from approvals join tool_calls using (call_id) where call_id = any($1)`,
    [sent.map(({ call_id }) => call_id)],
  )
  for (const { call_id, args_digest, effect_digest } of sent)
    expect(rows, `${call_id} was decided by digests that it had`).toContainEqual({
      call_id,
      args_digest,
      effect_digest,
    })
}
