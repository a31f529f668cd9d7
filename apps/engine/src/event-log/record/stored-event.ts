import type { ResultBlock } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'
import type { RunEvent, RunEventBody } from '@fairlead/contract/events/run-event'
import { storable } from '@fairlead/service-kit/storable'
import type { Db } from '../../db/database.ts'
import { type RunIds, wireEvent } from '../tail/encode-event.ts'
import { runEvents } from './run-event.table.ts'

/** What stands in other rows and is put back when an event is rebuilt. */
export type EventBodies = {
  args(callId: string): Record<string, unknown>
  result(callId: string): ResultBlock[]
  effect(callId: string, revision: number): Effect
}

type Stored = { type: string; data: Record<string, unknown>; at: Date }

/** The event's own fields, less the bodies that another row of the record holds. */
export function storedData(body: RunEventBody): Record<string, unknown> {
  const { type: _, ...own } = body
  switch (body.type) {
    case 'tools.pending':
      return { tools: body.tools.map(({ args: __, ...tool }) => tool) }
    case 'generation.complete':
      return { tokens_generated: body.tokens_generated, tool_calls: body.tool_calls }
    case 'thinking.complete':
      return { duration_ms: body.duration_ms }
    default: {
      const { args, result, effect, ...kept } = own as Record<string, unknown>
      // `workflow_complete` has a `result` of its own, which stands nowhere else.
      return body.type === 'workflow_complete' ? { ...kept, result } : kept
    }
  }
}

/** Events of a run from that id on, in the transaction that starts it. */
export async function insertRunEvents(
  tx: Db,
  { runId, firstId, at }: { runId: string; firstId: number; at: Date },
  bodies: readonly RunEventBody[],
): Promise<void> {
  const rows = bodies.map((body, index) => ({
    run_id: runId,
    id: firstId + index,
    type: body.type,
    data: storable(storedData(body)),
    at,
  }))
  if (rows.length > 0) await tx.insert(runEvents).values(rows)
}

/** Rebuilds what the live stream sent. `speech` is the text of the generation that a completion ends. */
export function restoredEvent(
  ids: RunIds,
  stored: Stored,
  { bodies, speech }: { bodies: EventBodies; speech: { content: string; thinking: string } },
): RunEvent {
  const { type, data, at } = stored
  const body = { type, ...data, ...missingPart(type, data, bodies, speech) } as unknown as RunEventBody
  return wireEvent(ids, body, at.getTime())
}

function missingPart(
  type: string,
  data: Record<string, unknown>,
  bodies: EventBodies,
  speech: { content: string; thinking: string },
): Record<string, unknown> {
  const callId = String(data.call_id)
  switch (type) {
    case 'tools.pending': {
      const tools = data.tools as { call_id: string }[]
      return { tools: tools.map((tool) => ({ ...tool, args: bodies.args(tool.call_id) })) }
    }
    case 'tool.awaiting_approval':
      return { args: bodies.args(callId), effect: bodies.effect(callId, Number(data.revision)) }
    case 'tool.approved':
    case 'tool.denied':
    case 'tool.executing':
      return { args: bodies.args(callId) }
    case 'tool.result':
      return { result: bodies.result(callId) }
    case 'generation.complete':
      return { content: speech.content, ...(speech.thinking !== '' && { thinking_content: speech.thinking }) }
    case 'thinking.complete':
      return { content: speech.thinking }
    default:
      return {}
  }
}
