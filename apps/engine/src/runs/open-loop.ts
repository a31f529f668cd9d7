import type { AgentPorts } from '@fairlead/agent/ports'
import { calledByOthers, readUnverified } from '../calls/attempt/attempts.ts'
import { readPendingCalls } from '../calls/read-pending-calls.ts'
import { readConversation } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { deleteRunText, type RunLog } from '../event-log/run-log.ts'
import type { Claim } from './run-rows.ts'

/** What the record says when a run begins, or is taken over. */
export function createOpen(db: Db, claim: Claim, log: Pick<RunLog, 'commit'>): AgentPorts['open'] {
  const { run_id, conversation_id, epoch, position, cause } = claim
  return async () => {
    if (epoch > 1) {
      // What a generation had shown before the take-over is void: it is made again.
      await log.commit({ facts: (tx) => deleteRunText(tx, run_id) })
    }
    const [open, conversation] = await Promise.all([
      readPendingCalls(db, conversation_id),
      readConversation(db, conversation_id),
    ])
    if (conversation === undefined) throw new Error(`Conversation ${conversation_id} is gone`)
    const ids = open.map(({ call_id }) => call_id)
    const elsewhere = await calledByOthers(db, ids, run_id)
    const unverified = epoch > 1 ? await readUnverified(db, run_id) : []
    return {
      pending: [...unverified.map(({ call_id }) => call_id), ...ids.filter((id) => !elsewhere.has(id))],
      loaded_toolsets: conversation.toolsets,
      counters: position ?? undefined,
      stopped: claim.stop_requested,
      without_model: cause.kind === 'undo',
    }
  }
}
