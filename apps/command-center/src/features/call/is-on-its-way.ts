import type { CallView } from '../conversation/conversation-view.ts'

/** Approved, and not over. */
export function isOnItsWay({ status }: CallView): boolean {
  return status === 'approved' || status === 'executing'
}
