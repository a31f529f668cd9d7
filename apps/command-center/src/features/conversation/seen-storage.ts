import { waitsForPerson } from '@fairlead/client/conversation/call-status'
import { withCall } from '@fairlead/client/conversation/change-messages'
import type { CallView, ConversationView, SeenBefore } from '@fairlead/client/conversation/conversation-view'
import type { KeyValue } from './live-ports.ts'

/** What was seen of a call before its present revision: the record does not have it, and a reload would forget it. */
export function storeSeen(storage: KeyValue, { call_id, revision = 1, effect_digest, before }: CallView): void {
  if (before === undefined) return
  try {
    storage.setItem(keyOf(call_id), JSON.stringify({ revision, effect_digest, before }))
  } catch {
    // A browser that keeps nothing, or nothing more, forgets it with the page.
  }
}

export function removeSeen(storage: KeyValue, callId: string): void {
  try {
    storage.removeItem(keyOf(callId))
  } catch {}
}

/** Of this very revision and effect: of a later one nobody has seen what this page remembers. */
export function readSeen(
  storage: KeyValue,
  { call_id, revision = 1, effect_digest }: Pick<CallView, 'call_id' | 'revision' | 'effect_digest'>,
): SeenBefore | undefined {
  try {
    const kept = JSON.parse(storage.getItem(keyOf(call_id)) ?? 'null') as Partial<CallView> | null
    return kept?.revision === revision && kept.effect_digest === effect_digest ? kept.before : undefined
  } catch {
    return undefined
  }
}

/** Gives back to the waiting calls of the last message what was seen of them before, and keeps what is seen now. */
export function withStoredSeen(view: ConversationView, storage: KeyValue): ConversationView {
  return lastCalls(view).reduce((shown, call) => {
    const before = waitsForPerson(call) && call.before === undefined ? readSeen(storage, call) : undefined
    return before === undefined ? shown : withCall(shown, call.call_id, (it) => ({ ...it, before }))
  }, view)
}

export function storeAllSeen(before: ConversationView, after: ConversationView, storage: KeyValue): void {
  const known = new Map(lastCalls(before).map((call) => [call.call_id, call]))
  for (const call of lastCalls(after)) {
    const former = known.get(call.call_id)
    if (former === call) continue
    if (waitsForPerson(call)) {
      if (former?.before !== call.before || former?.effect_digest !== call.effect_digest) storeSeen(storage, call)
    } else if (former?.before !== undefined) removeSeen(storage, call.call_id)
  }
}

function lastCalls({ messages }: ConversationView): CallView[] {
  const last = messages.at(-1)
  return last?.type === 'assistant' ? last.segments.flatMap((it) => (it.kind === 'tool' ? [it.call] : [])) : []
}

function keyOf(callId: string): string {
  return `seen:${callId}`
}
