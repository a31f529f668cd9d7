import { randomUUID } from 'node:crypto'
import { argsDigest } from '@fairlead/contract/json/digest'
import type { RunUser } from '../calls/run-user.ts'
import { recordAudit } from '../event-log/audit/record-audit.ts'
import { type CallRow, insertCalls, type NewCallRow } from '../event-log/record/calls.ts'
import { findPlace, insertSegments } from '../event-log/record/write-messages.ts'
import type { StartedRun, StartRun } from './start-run.ts'

/** Proposes the undo that the effect of a succeeded call recorded, as a new call, without the model. */
export function startUndo(
  startRun: StartRun,
  of: {
    conversationId: string
    user: RunUser & { address: string }
    undone: CallRow
    undo: { tool: string; args: Record<string, unknown> }
    tool: { title: string; digest: string; annotations: Record<string, unknown> }
  },
): Promise<StartedRun> {
  const { undone, undo, tool, conversationId, user } = of
  const callId = `call_${randomUUID().replaceAll('-', '')}`
  return startRun({
    conversationId,
    user,
    cause: { kind: 'undo', call_id: undone.call_id },
    facts: async (tx, ids) => {
      const place = await findPlace(tx, conversationId)
      const { messageId } = await insertSegments(tx, place, {
        conversationId,
        runId: ids.run_id,
        segments: [{ kind: 'tool', call_id: callId }],
      })
      const createdAt = new Date()
      const call: NewCallRow = {
        call_id: callId,
        ...ids,
        message_id: messageId,
        ordinal: 0,
        provider_id: callId,
        server: undone.server,
        tool: undo.tool,
        title: tool.title,
        tool_digest: tool.digest,
        class: 'write',
        args: undo.args,
        args_digest: argsDigest(undo.args),
        undoes: undone.call_id,
        created_at: createdAt,
      }
      await insertCalls(tx, [call])
      const { args, args_digest } = call
      await recordAudit(tx, {
        actor: user.email,
        actor_ip: user.address,
        user_id: user.id,
        ...ids,
        call_id: callId,
        type: 'call.proposed',
        data: { tool: undo.tool, args, args_digest, class: 'write', undoes: undone.call_id },
      })
      const shown = { call_id: callId, tool: undo.tool, title: tool.title, args, class: 'write' as const, args_digest }
      const times = { requires_approval: true, timestamp: createdAt.getTime(), annotations: tool.annotations }
      return [{ type: 'tools.pending', tools: [{ ...shown, ...times }] }]
    },
  })
}
