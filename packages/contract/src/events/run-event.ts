import { z } from 'zod'
import {
  generationComplete,
  generationStart,
  rateLimit,
  thinking,
  thinkingComplete,
  token,
  tokenUsage,
  transientError,
  ttft,
} from './generation.ts'
import {
  completed,
  ready,
  streamError,
  titleGenerated,
  workflowComplete,
  workflowError,
  workflowFailed,
} from './run.ts'
import {
  approvalVote,
  toolApproved,
  toolAwaitingApproval,
  toolDenied,
  toolError,
  toolExecuting,
  toolProgress,
  toolResult,
  toolStale,
  toolsPending,
  toolVerified,
} from './tool.ts'

/** The vocabulary of a run's stream. A stored type is added to, never changed. */
export const runEvent = z.discriminatedUnion('type', [
  ready.payload,
  generationStart.payload,
  ttft.payload,
  thinking.payload,
  token.payload,
  tokenUsage.payload,
  thinkingComplete.payload,
  generationComplete.payload,
  toolsPending.payload,
  toolAwaitingApproval.payload,
  approvalVote.payload,
  toolApproved.payload,
  toolDenied.payload,
  toolExecuting.payload,
  toolProgress.payload,
  toolStale.payload,
  toolResult.payload,
  toolError.payload,
  toolVerified.payload,
  rateLimit.payload,
  transientError.payload,
  titleGenerated.payload,
  workflowFailed.payload,
  completed.payload,
  workflowComplete.payload,
  workflowError.payload,
  streamError.payload,
])
export type RunEvent = z.infer<typeof runEvent>
export type RunEventType = RunEvent['type']

type Own<E> = E extends RunEvent ? Omit<E, 'run_id' | 'conversation_id' | 'timestamp'> : never
/** An event as the loop makes it: the run's ids and the time are added where it is recorded. */
export type RunEventBody = Own<RunEvent>
