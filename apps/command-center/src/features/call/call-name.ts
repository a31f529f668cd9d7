import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { readTitle } from '@fairlead/contract/call/read-title'

type Nameable = Pick<CallView, 'tool' | 'title' | 'args' | 'class' | 'requires_approval'>

/** What was read, where that is known; else as the tool is called. A change is named by its effect, never by arguments. */
export function callName(call: Nameable): string {
  return wordsOf(call) ?? (call.title || call.tool)
}

/** Undefined where a title of its own says nothing about what was read. */
export function wordsOf({ tool, args, class: kind, requires_approval }: Nameable): string | undefined {
  return kind === 'write' || requires_approval ? undefined : readTitle({ tool, args })
}
