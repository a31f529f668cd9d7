import { randomUUID } from 'node:crypto'
import type { AgentPorts, FinishedTurn, SpokenText } from '@fairlead/agent/ports'
import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { CommitStep, StepAudit } from '../calls/run-record.ts'
import { saveToolsets } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { insertCalls } from '../event-log/record/calls.ts'
import { insertSegments, insertTurn, type MessagePlace, type NewSegment } from '../event-log/record/write-messages.ts'
import { deleteRunText, type RunLog } from '../event-log/run-log.ts'
import { type CallOfTurn, callRows } from './call-rows.ts'
import type { Closing } from './close-run.ts'

type RunIds = { run_id: string; conversation_id: string }

/** Where the run's words go in the conversation; each commit moves it on. */
export type Writing = { place: MessagePlace }

type Ports = {
  db: Db
  commitStep: CommitStep
  runLog: Pick<RunLog, 'lastEventIds' | 'hasFlushedText' | 'clearText'>
  run: RunIds
  model: { id: string; provider: string }
  writing: Writing
  closingAt(position: Parameters<AgentPorts['commitTurn']>[2]): Closing
}

/**
 * Commits a finished generation: turn, segments, calls, toolsets, what shows the calls, and the end of the run that it is
 * the last of, in one transaction.
 */
export function createCommitTurn(ports: Ports): AgentPorts['commitTurn'] {
  const { db, commitStep, runLog, run, model, writing, closingAt } = ports
  return async (turn, events, position) => {
    const rows = await callRows(db, run, turn.calls)
    const shown = rows.filter(({ proposed }) => proposed.answer === undefined)
    const shownIds = shown.map(({ call_id }) => call_id)
    const pending: RunEventBody[] = shown.length === 0 ? [] : [{ type: 'tools.pending', tools: shown.map(pendingTool) }]
    const closing = position.done ? closingAt(position) : undefined
    let { place } = writing
    const isCommitted = await commitStep({
      position: closing === undefined ? { ...position, pending_tools: shownIds } : undefined,
      hold: closing?.hold,
      facts: async (tx) => {
        const segments = [...spokenSegments(runLog, turn), ...shownIds.map(toolSegment)]
        place = await insertTurnRows(tx, { place, run, turn, rows, segments, model })
        if (runLog.hasFlushedText) await deleteRunText(tx, run.run_id)
      },
      events: [...events, ...pending, ...(closing?.events ?? [])],
      audit: turnAudit(turn, shown, model.id),
    })
    if (!isCommitted) throw new Error('A run that waits for nothing could not be ended')
    writing.place = place
    runLog.clearText()
    await closing?.publish()
    return shownIds
  }
}

/** Keeps what was said before a stop or a fault; partial calls are thrown away. */
export function createCommitPartial({
  commitStep,
  runLog,
  run,
  writing,
}: Pick<Ports, 'commitStep' | 'runLog' | 'run' | 'writing'>): AgentPorts['commitPartial'] {
  return async (spoken, position) => {
    let { place } = writing
    await commitStep({
      position,
      facts: async (tx) => {
        const segments = spokenSegments(runLog, spoken)
        if (segments.length > 0) {
          const of = { conversationId: run.conversation_id, runId: run.run_id, segments }
          place = (await insertSegments(tx, place, of)).place
        }
        if (runLog.hasFlushedText) await deleteRunText(tx, run.run_id)
      },
    })
    writing.place = place
    runLog.clearText()
  }
}

type TurnRows = {
  place: MessagePlace
  run: RunIds
  turn: FinishedTurn
  rows: readonly CallOfTurn[]
  segments: NewSegment[]
  model: { id: string; provider: string }
}

/** Segments, turn, calls and toolsets. Returns where the next words go. */
async function insertTurnRows(tx: Db, { place, run, turn, rows, segments, model }: TurnRows): Promise<MessagePlace> {
  const { run_id, conversation_id } = run
  const messageId = place.assistantMessageId ?? randomUUID()
  const turnId = randomUUID()
  const inserted = await insertSegments(tx, place, {
    messageId,
    conversationId: conversation_id,
    runId: run_id,
    segments,
  })
  const { cost = 0, ...usage } = turn.usage ?? {}
  await insertTurn(tx, {
    id: turnId,
    conversation_id,
    message_id: messageId,
    run_id,
    provider: model.provider,
    model: model.id,
    content: turn.content,
    reasoning: turn.thinking,
    body: turn.body,
    nudge: turn.nudge,
    usage: turn.usage === undefined ? undefined : (usage as Omit<typeof turn.usage, 'cost'>),
    cost,
    ttft_ms: turn.ttft_ms,
  })
  await insertCalls(
    tx,
    rows.map(({ proposed: _, ...row }) => ({ ...row, message_id: messageId, turn_id: turnId })),
  )
  const isToolsetLoaded = turn.calls.some(({ answer }) => answer !== undefined)
  if (isToolsetLoaded) await saveToolsets(tx, conversation_id, turn.loaded_toolsets)
  return inserted.place
}

function turnAudit(turn: FinishedTurn, shown: readonly CallOfTurn[], model: string): StepAudit[] {
  return [
    {
      actor: 'engine',
      type: 'generation.ended',
      data: {
        model,
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
  ]
}

/** Call it within the transaction: pieces that came during another transaction get their ids only before this one. */
function spokenSegments(
  { lastEventIds }: Pick<RunLog, 'lastEventIds'>,
  { content, thinking, thinking_ms }: SpokenText,
): NewSegment[] {
  const segments: NewSegment[] = []
  if (thinking.trim() !== '') {
    segments.push({ kind: 'thinking', text: thinking, duration_ms: thinking_ms, event_id: lastEventIds.thinking })
  }
  if (content !== '') segments.push({ kind: 'text', text: content, event_id: lastEventIds.text })
  return segments
}

function toolSegment(callId: string): NewSegment {
  return { kind: 'tool', call_id: callId }
}

function pendingTool({ call_id, tool, title, args, args_digest, proposed, created_at }: CallOfTurn) {
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
