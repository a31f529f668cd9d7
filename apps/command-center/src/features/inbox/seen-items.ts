import { seenBefore } from '@fairlead/client/conversation/call-of-item'
import type { SeenBefore } from '@fairlead/client/conversation/conversation-view'
import type { ApprovalItem } from '@fairlead/contract/endpoints/approvals'

/** Of each call: what is on the screen, and what was there before its effect was replaced. */
export type SeenItems = Readonly<Record<string, { item: ApprovalItem; before: SeenBefore | undefined }>>

/** Notes what is shown now. What was seen first stays until the call is gone, however often its effect changes. */
export function noteShown(seen: SeenItems, item: ApprovalItem): SeenItems {
  const known = seen[item.call_id]
  if (known?.item === item) return seen
  const before = known === undefined ? undefined : (seenBefore(known.item, item) ?? known.before)
  return { ...seen, [item.call_id]: { item, before } }
}
