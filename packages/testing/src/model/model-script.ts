import type { ModelRequest } from './model-request.ts'

/** What the scripted model answers to one request. */
export type Reply = {
  /** The answer's text; `{ pieces }` makes that many numbered pieces (`w0 w1 w2 …`), one frame each. */
  text?: string | NumberedPieces
  reasoning?: string
  toolCalls?: ScriptedToolCall[]
  usage?: Partial<Usage>
  /** Default: `tool-calls` when there are any, else `stop`. */
  finish?: 'stop' | 'length' | 'tool-calls' | 'content-filter'
  pace?: Pace
  fault?: Fault
  /**
   * Where one write ends and the next begins: behind every piece, as of a server that flushes each; or anywhere, also
   * inside a character, behind one byte each or at random from a seed. By itself an answer without a pace is one write.
   */
  split?: 'every-piece' | 'every-byte' | { seed: number }
}

export type NumberedPieces = {
  pieces: number
  /** Each piece is instead `<number>@<time of sending> `, in milliseconds since 1970 with fractions. */
  stamped?: boolean
}

export type ScriptedToolCall = {
  /** Default: a fresh one. */
  id?: string
  name: string
  /** A string is sent as it is, so that it need not be JSON. */
  args: Record<string, unknown> | string
}

export type Usage = {
  input: number
  output: number
  /** Part of `input` that came from the provider's cache. */
  cachedInput: number
  /** Part of `output` that was spent on reasoning. */
  reasoning: number
}

export type Pace = {
  /** Default: as fast as the reader takes them. */
  piecesPerSecond?: number
  /** Characters a piece; default 12. */
  pieceSize?: number
  /** Wait before the first piece, in milliseconds. */
  firstAfterMs?: number
}

export type Fault =
  /** Sends nothing for so long, after so many pieces. */
  | { kind: 'stall'; ms: number; afterPieces?: number }
  /** Drops the connection (`reset`), or ends the body as if all were well (`end`), without a finish. */
  | { kind: 'cut'; how: 'reset' | 'end'; afterPieces?: number; afterBytes?: number }
  /** Refuses the request; `retryAfter` in seconds. */
  | { kind: 'status'; status: number; retryAfter?: number; message?: string }
  /** Tells of an overload in the middle of the stream, in the provider's own words. */
  | { kind: 'error-event'; afterPieces?: number }

/** Replies in the order of the streamed requests, or a function of each request. */
export type Script = Reply[] | ((request: ModelRequest, index: number) => Reply | Promise<Reply>)

/** What a list of replies gives to a request that is not streamed, such as one for a title. */
export const plainReply: Reply = { text: 'A short answer' }
