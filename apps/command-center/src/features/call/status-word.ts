import { unknownOutcome } from '@fairlead/client/conversation/outcome-words'
import type { CallStatus } from '@fairlead/contract/call/call'

/** `wait`: a person must act. Green stays with what was checked. */
export type StatusTone = 'quiet' | 'wait' | 'busy' | 'done' | 'bad' | 'doubt'

export const statusWords: Record<CallStatus, { text: string; tone: StatusTone }> = {
  pending: { text: 'Pending', tone: 'quiet' },
  awaiting_approval: { text: 'Awaiting approval', tone: 'wait' },
  approved: { text: 'Approved', tone: 'busy' },
  executing: { text: 'Executing…', tone: 'busy' },
  completed: { text: 'Completed', tone: 'done' },
  error: { text: 'Error', tone: 'bad' },
  denied: { text: 'Denied', tone: 'quiet' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  expired: { text: 'Expired', tone: 'quiet' },
  unknown: { text: unknownOutcome.title, tone: 'doubt' },
}
