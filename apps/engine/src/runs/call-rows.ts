import { randomUUID } from 'node:crypto'
import type { ProposedCall } from '@fairlead/agent/call'
import { callId as callIdSchema } from '@fairlead/contract/ids'
import { argsDigest } from '@fairlead/contract/json/digest'
import type { Db } from '../db/database.ts'
import { auditedCallIds } from '../event-log/audit/audited-call-ids.ts'
import { type NewCallRow, usedCallIds } from '../event-log/record/calls.ts'

export type CallOfTurn = NewCallRow & { proposed: ProposedCall }

/**
 * The rows of a turn's calls. A call keeps the provider's id where that is a valid one and nobody has used it, those of
 * deleted conversations included.
 */
export async function callRows(
  db: Db,
  { run_id, conversation_id }: { run_id: string; conversation_id: string },
  calls: readonly ProposedCall[],
): Promise<CallOfTurn[]> {
  const wanted = calls.map(({ provider_id }) => withoutReasoning(provider_id))
  const taken = await takenIds(db, wanted)
  return calls.map((proposed, index): CallOfTurn => {
    const own = wanted[index] ?? ''
    const isFree = callIdSchema.safeParse(own).success && !taken.has(own)
    const call_id = isFree ? own : `call_${randomUUID().replaceAll('-', '')}`
    taken.add(own)
    return {
      proposed,
      call_id,
      conversation_id,
      run_id,
      ordinal: index,
      provider_id: proposed.provider_id,
      server: proposed.server,
      tool: proposed.tool,
      title: proposed.title,
      tool_digest: proposed.tool_digest,
      class: proposed.class,
      args: proposed.args,
      args_digest: argsDigest(proposed.args),
      fault: proposed.fault,
      created_at: new Date(),
      ...(proposed.answer !== undefined && {
        status: 'completed' as const,
        tool_message: proposed.answer,
        ended_at: new Date(),
      }),
    }
  })
}

/** Ids that carry reasoning data behind this marker are cut there. */
function withoutReasoning(providerId: string): string {
  const marker = providerId.indexOf('__thought__')
  return marker === -1 ? providerId : providerId.slice(0, marker)
}

/** Used by a call of this installation, those of deleted conversations included. */
async function takenIds(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const [used, audited] = await Promise.all([usedCallIds(db, ids), auditedCallIds(db, ids)])
  return used.union(audited)
}
