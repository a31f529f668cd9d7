import type { ConversationView } from '@fairlead/client/conversation/conversation-view'
import type { DecisionRefusal } from '@fairlead/client/decision/decision-refusal'

/** All that a page shows of one conversation. Components select from it and draw; none of them sets any of it. */
export type LiveState = {
  view: ConversationView
  /** Whose it is, where it is somebody else's and only read here. */
  owner: { email: string; name: string } | undefined
  loading: Loading
  older: OlderPages
  connection: Connection
  /** A message on its way: not part of the conversation before the engine has taken it. */
  sending: string | undefined
  /** Text that was not taken: it goes back into the composer, which then calls `takeReturned`. */
  returned: string | undefined
  stop: StopState
  /** The error strip. */
  problem: Problem | undefined
  queue: QueueState
  /** What became of a decision that was sent from here, by call. */
  decisions: Readonly<Record<string, DecisionState>>
  undos: Readonly<Record<string, RequestState>>
  bulk: BulkState | undefined
}

export type Loading =
  | { state: 'loading' | 'loaded' | 'not-found' }
  /** Nothing is shown, and may be asked for again with `load`. */
  | { state: 'failed'; text: string }

export type OlderPages = { hasMore: boolean; isLoading: boolean; error: string | undefined }

/**
 * `idle`: no stream is needed. `open`: events come. `connecting`: for less than two seconds. `reconnecting`: longer.
 * `elsewhere`: the server cannot be attached to, the conversation is read every two seconds ("Running elsewhere").
 */
export type Connection = 'idle' | 'open' | 'connecting' | 'reconnecting' | 'elsewhere'

/** `requested`: remembered until the run has its id. */
export type StopState = { state: 'none' | 'requested' | 'sent' } | { state: 'failed'; text: string }

export type Problem = {
  text: string
  /** Shown with failures of the server. */
  requestId: string | undefined
  /** What `retry` does: sends the last question again, or reads the conversation again. */
  retry: 'send' | 'load' | undefined
}

export type QueueItem = { id: string; text: string }
/** `isHeld`: after an error nothing is sent until the person says so. */
export type QueueState = { items: readonly QueueItem[]; isHeld: boolean }

export type RequestState = { state: 'sending' } | { state: 'failed'; text: string; requestId: string | undefined }

export type DecisionState = {
  approve: boolean
  reason: string | undefined
  /** Revision that was on the screen. */
  revision: number | undefined
  /**
   * `sending`: buttons stay disabled. `counted`: one vote of several, buttons are gone. `refused`: why, buttons as
   * `mayDecideAgain` says.
   */
  state: 'sending' | 'counted' | 'refused'
  refusal: DecisionRefusal | undefined
}

/** `shown`: the proof that what is hidden was had. */
export type Decision = { approve: boolean; reason?: string; shown?: string }
/** `taken`: the record has it. */
export type DecisionEnd = 'taken' | 'refused'

/** One decision of several. */
export type BulkDecision = {
  call_id: string
  approve: boolean
  args_digest: string
  effect_digest: string
  reason?: string
  shown?: string
}

export type BulkResult = { state: 'decided'; status: string } | { state: 'refused'; refusal: DecisionRefusal }

export type BulkState = {
  approve: boolean
  callIds: readonly string[]
  /** `stopping`: only where decisions go one by one. */
  state: 'sending' | 'stopping' | 'done'
  /** Decided so far, where they go one by one. */
  done: number
  isOneByOne: boolean
  results: Readonly<Record<string, BulkResult>>
  /** The whole request failed: nothing was decided by it. */
  error: string | undefined
}
