import type { CallView } from '@fairlead/client/conversation/conversation-view'

/** Approved, and not over. */
export function isOnItsWay({ status }: CallView): boolean {
  return status === 'approved' || status === 'executing'
}
