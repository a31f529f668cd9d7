import { waitsForPerson } from '@fairlead/client/conversation/call-status'
import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { isRunActive } from '@fairlead/client/conversation/selectors'
import type { LiveState } from './live-state.ts'

/** Reads each waiting call without an effect by itself, once a revision and run: no event brings later effects. */
export function createEffectReading(get: () => LiveState, readCall: (callId: string) => Promise<void>) {
  const requested = new Set<string>()
  return async (): Promise<void> => {
    const { view } = get()
    if (isRunActive(view)) return
    const keyOf = (call: CallView) => `${call.call_id} ${call.revision ?? 0} ${view.run?.id ?? ''}`
    const missing = openCallsWithoutEffect(view).filter((call) => !requested.has(keyOf(call)))
    for (const call of missing) requested.add(keyOf(call))
    await Promise.all(missing.map(({ call_id }) => readCall(call_id)))
  }
}

function openCallsWithoutEffect({ messages }: ConversationView): CallView[] {
  const last = messages.at(-1)
  if (last?.type !== 'assistant') return []
  return last.segments.flatMap((it) =>
    it.kind === 'tool' && waitsForPerson(it.call) && it.call.effect === undefined ? [it.call] : [],
  )
}
