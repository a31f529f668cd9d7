import { randomUUID } from 'node:crypto'
import type { ProposedCall } from '@fairlead/agent/call'
import type { AgentPorts, FinishedTurn, SpokenText } from '@fairlead/agent/ports'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import { callId as callIdSchema } from '@fairlead/contract/ids'
import { argsDigest } from '@fairlead/contract/json/digest'
import { commitStep, type Execution } from '../calls/execution.ts'
import { saveToolsets } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { auditedCallIds } from '../event-log/audit/audited-call-ids.ts'
import { insertCalls, type NewCallRow, usedCallIds } from '../event-log/record/calls.ts'
import { insertSegments, insertTurn, type NewSegment } from '../event-log/record/write-messages.ts'
import { deleteRunText } from '../event-log/run-log.ts'
import { closingOf } from './close-run.ts'

type ShownCall = NewCallRow & { proposed: ProposedCall }

/**
 * Commits a finished generation: turn, segments, calls, toolsets, what shows the calls, and the end of the run that it is
 * the last of, in one transaction.
 */
export function commitTurn(execution: Execution): AgentPorts['commitTurn'] {
  return async (turn, events, position) => {
    const { claim, log, context } = execution
    const rows = await callRows(execution, turn.calls)
    const shown = rows.filter(({ proposed }) => proposed.answer === undefined)
    const turnId = randomUUID()
    const pending: RunEventBody[] = shown.length === 0 ? [] : [{ type: 'tools.pending', tools: shown.map(pendingTool) }]
    const closing = position.done ? closingOf(execution, position) : undefined
    let place = execution.place
    const isCommitted = await commitStep(execution, {
      position: closing === undefined ? { ...position, pending_tools: shown.map(({ call_id }) => call_id) } : undefined,
      facts: async (tx) => {
        const messageId = place.assistantMessageId ?? randomUUID()
        const calls = rows.map(({ proposed: _, ...row }) => ({ ...row, message_id: messageId, turn_id: turnId }))
        const isToolsetLoaded = turn.calls.some(({ answer }) => answer !== undefined)
        const inserted = await insertSegments(tx, place, {
          messageId,
          conversationId: claim.conversation_id,
          runId: claim.run_id,
          segments: [
            ...spokenSegments(execution, turn),
            ...shown.map(({ call_id }): NewSegment => ({ kind: 'tool', call_id })),
          ],
        })
        await insertTurn(tx, turnRow(execution, { turn, turnId, messageId }))
        await insertCalls(tx, calls)
        if (log.hasFlushedText) await deleteRunText(tx, claim.run_id)
        if (isToolsetLoaded) await saveToolsets(tx, claim.conversation_id, turn.loaded_toolsets)
        await closing?.facts(tx)
        place = inserted.place
      },
      events: [...events, ...pending, ...(closing?.events ?? [])],
      audit: [
        {
          actor: 'engine',
          type: 'generation.ended',
          data: {
            model: context.model.id,
            text: turn.content,
            reasoning: turn.thinking,
            usage: turn.usage ?? null,
            calls: shown.map(({ call_id, tool }) => ({ call_id, tool })),
          },
        },
        ...shown.map(({ call_id, tool, proposed, args, args_digest }) => ({
          actor: 'engine',
          call_id,
          type: 'call.proposed' as const,
          data: { tool, args, args_digest, class: proposed.class, fault: proposed.fault ?? null },
        })),
      ],
    })
    if (!isCommitted) throw new Error('A run that waits for nothing could not be ended')
    execution.place = place
    log.clearText()
    await closing?.tell()
    return shown.map(({ call_id }) => call_id)
  }
}

/** Keeps what was said before a stop or a fault; partial calls are thrown away. */
export function commitPartial(execution: Execution): AgentPorts['commitPartial'] {
  return async (spoken, position) => {
    const { claim, log } = execution
    let place = execution.place
    await commitStep(execution, {
      position,
      facts: async (tx) => {
        const segments = spokenSegments(execution, spoken)
        if (segments.length > 0) {
          const of = { conversationId: claim.conversation_id, runId: claim.run_id, segments }
          place = (await insertSegments(tx, place, of)).place
        }
        if (log.hasFlushedText) await deleteRunText(tx, claim.run_id)
      },
    })
    execution.place = place
    log.clearText()
  }
}

/** Call it within the transaction: pieces that came during another transaction get their ids only before this one. */
function spokenSegments({ log }: Execution, { content, thinking, thinking_ms }: SpokenText): NewSegment[] {
  const { lastEventIds } = log
  const segments: NewSegment[] = []
  if (thinking.trim() !== '') {
    segments.push({ kind: 'thinking', text: thinking, duration_ms: thinking_ms, event_id: lastEventIds.thinking })
  }
  if (content !== '') segments.push({ kind: 'text', text: content, event_id: lastEventIds.text })
  return segments
}

function turnRow(
  { claim, context }: Execution,
  { turn, turnId, messageId }: { turn: FinishedTurn; turnId: string; messageId: string },
) {
  const { cost = 0, ...usage } = turn.usage ?? {}
  return {
    id: turnId,
    conversation_id: claim.conversation_id,
    message_id: messageId,
    run_id: claim.run_id,
    provider: context.model.provider,
    model: context.model.id,
    content: turn.content,
    reasoning: turn.thinking,
    body: turn.body,
    nudge: turn.nudge,
    usage: turn.usage === undefined ? undefined : (usage as Omit<typeof turn.usage, 'cost'>),
    cost,
    ttft_ms: turn.ttft_ms,
  }
}

async function callRows({ claim, context }: Execution, calls: readonly ProposedCall[]): Promise<ShownCall[]> {
  const wanted = calls.map(({ provider_id }) => withoutReasoning(provider_id))
  const taken = await takenIds(context.db, wanted)
  return calls.map((proposed, index): ShownCall => {
    const own = wanted[index] ?? ''
    const isFree = callIdSchema.safeParse(own).success && !taken.has(own)
    const call_id = isFree ? own : `call_${randomUUID().replaceAll('-', '')}`
    taken.add(own)
    return {
      proposed,
      call_id,
      conversation_id: claim.conversation_id,
      run_id: claim.run_id,
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

function pendingTool({ call_id, tool, title, args, args_digest, proposed, created_at }: ShownCall) {
  return {
    call_id,
    tool,
    title,
    args,
    requires_approval: proposed.class === 'write',
    timestamp: (created_at as Date).getTime(),
    class: proposed.class,
    args_digest,
    annotations: proposed.annotations,
  }
}
