import type { CallStatus } from '@fairlead/contract/call/call'
import type { ToolAnnotations } from '@fairlead/contract/tool/tool-meta'
import type { CallView, SeenBefore } from './conversation-view.ts'

type NewCallFields = {
  call_id: string
  tool?: string
  title?: string
  args?: unknown
  status: CallStatus
  requires_approval?: boolean
  timestamp?: number
  class?: 'read' | 'write'
  args_digest?: string
  annotations?: ToolAnnotations
}

/** A call out of the first event that names it, which may leave anything out but its id. */
export function newCall({ call_id, tool, title, args, status, timestamp, ...rest }: NewCallFields): CallView {
  const requires_approval =
    rest.requires_approval === true || (rest.requires_approval === undefined && rest.class === 'write')
  return {
    call_id,
    tool: tool ?? '',
    title: title || (tool ?? call_id),
    args: argsOf(args, {}),
    status,
    requires_approval,
    timestamp: timestamp ?? 0,
    class: rest.class ?? (requires_approval ? 'write' : 'read'),
    ...(rest.args_digest !== undefined && { args_digest: rest.args_digest }),
    ...(rest.annotations !== undefined && { annotations: rest.annotations }),
  }
}

/** Arguments that are no object are shown as none. */
export function argsOf(args: unknown, known: Record<string, unknown>): Record<string, unknown> {
  const isRecord = typeof args === 'object' && args !== null && !Array.isArray(args)
  return isRecord ? (args as Record<string, unknown>) : known
}

/** What a person has seen of the call's present revision. */
export function seenBefore(call: CallView): SeenBefore {
  const revision = call.revision ?? 1
  // Told by `tool.stale` already: its reason belongs to this revision.
  const reason = call.before?.revision === revision ? call.before.reason : undefined
  return {
    revision,
    effect: call.effect,
    effectDigest: call.effect_digest,
    votes: call.votes ?? [],
    reason,
    approvedBy: call.decided_by,
  }
}
