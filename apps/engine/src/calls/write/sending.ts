import type { CallEnd } from '@fairlead/agent/ports'
import type { Position } from '@fairlead/agent/position'
import type { ProgressListener } from '../progress.ts'

/** What is sent, and under which grant. */
export type Sending = {
  attemptId: string
  position: Position
  /** The grant; undefined for a tool that nobody vouches for. */
  token: string | undefined
  /** Milliseconds since the epoch: what was approved does not leave later under this grant. */
  until: number
  /** When no further grant is issued; set with the first one that was not taken. */
  deadline?: number
  /** Whether it may be sent once more if it has not begun. */
  mayResend: boolean
  /** Of a grant before this one. */
  progress?: ProgressListener
}

/** An attempt that may have been sent. */
export type SentAttempt = {
  attemptId: string
  position: Position
  /** Whether it may be sent once more if it has not begun. */
  mayResend: boolean
  progress: string
  /** The run has ended meanwhile: the outcome goes to the record alone, and nothing is sent any more. */
  silent?: boolean
  /** The objects are not read: the outcome stays unknown. */
  isGivenUp?: boolean
}

/** What became of an attempt that was sent: it is over, or another request goes out for it. */
export type Settled = { end: CallEnd } | { sendNext: Sending }
