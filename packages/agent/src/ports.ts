import type { RunEventBody } from '@fairlead/contract/events/run-event'
import type { CallFacts, ProposedCall } from './call.ts'
import type { KnownClusters } from './cluster-facts.ts'
import type { Model, Usage } from './model.ts'
import type { LoadedToolsets, Position } from './position.ts'
import type { CatalogueTool } from './tool-offer.ts'
import type { RecordedEntry } from './transcript.ts'

/** What the record says when a run begins, or is taken over; it outranks every checkpoint. */
export type Opening = {
  /** Open calls of the conversation's last turn, in the model's order. */
  pending: readonly string[]
  loaded_toolsets: LoadedToolsets
  /** Counters of this run, when another engine had begun it. */
  counters:
    | Pick<Position, 'step' | 'auto_continues' | 'nudged' | 'has_answered' | 'called_tool' | 'denied' | 'ttft_emitted'>
    | undefined
  stopped: boolean
  without_model: boolean
}

/** The words of a generation, whole or until it was stopped. */
export type SpokenText = { content: string; thinking: string; thinking_ms: number }

export type FinishedTurn = SpokenText & {
  /** The provider's own message, as it must go back. */
  body: unknown
  nudge: string | undefined
  usage: Usage | undefined
  ttft_ms: number | undefined
  calls: readonly ProposedCall[]
  /** Toolsets after the turn's `load_toolset` calls. */
  loaded_toolsets: LoadedToolsets
}

export type Conversation = {
  entries: readonly RecordedEntry[]
  /** The conversation's first user message, when `entries` does not reach back to it. */
  first: string | undefined
}

/** Who asks, as far as the loop must know. */
export type Requester = { viewOnly: boolean }

/**
 * How a call that was run or asked for leaves the gate; `failed` ends the run, with a sentence. `again`: somebody has
 * decided it meanwhile, the gate looks once more.
 */
export type CallEnd = 'done' | 'again' | 'waiting' | 'denied' | 'stopped' | { failed: string }

/**
 * What the loop needs of the world, handed in by the engine. Every function that writes commits the facts before their
 * events are sent, and throws when the record cannot be written or the run is no longer this engine's: the loop then
 * ends without another word.
 */
export type AgentPorts = {
  model: Model
  settings: {
    maxSteps: number
    maxAutoContinues: number
    contextMessages: number
    /** Tokens of the model's window that a request may fill. */
    contextTokens: number
    execReadAllowList: boolean
  }
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>

  open(): Promise<Opening>
  requester(): Promise<Requester>
  conversation(): Promise<Conversation>
  /** Tools of every reachable server; empty when none answers. */
  catalogue(): Promise<readonly CatalogueTool[]>
  /** Waits at most a moment; undefined is "unknown". */
  clusterFacts(): Promise<KnownClusters | undefined>

  /** An event that is no fact (a piece of text, a wait): to the live tail at once, to the record soon. */
  tell(event: RunEventBody): void
  /**
   * A finished generation: turn, segments, calls and toolsets, and the event that shows the calls. Closes the run as
   * `close` does, in the same transaction, when the position is `done`. Returns the calls' ids in order, the engine's own
   * left out.
   */
  commitTurn(turn: FinishedTurn, events: readonly RunEventBody[], position: Position): Promise<string[]>
  /** What was said before a stop or a fault; partial calls are thrown away. */
  commitPartial(text: SpokenText, position: Position): Promise<void>

  /** Facts of the open calls, after telling of decisions that are new. */
  callFacts(calls: readonly string[], position: Position): Promise<CallFacts[]>
  refuse(call: CallFacts, reason: string, position: Position): Promise<void>
  /** Runs a read, or an approved write with attempt, grant and verification. */
  run(call: CallFacts, position: Position): Promise<CallEnd>
  /** Looks into a write that an engine left under way. */
  recover(call: CallFacts, position: Position): Promise<CallEnd>
  /** Previews the turn's writes and asks a person for this one. `done` when its preview failed. */
  ask(call: CallFacts, turn: readonly CallFacts[], position: Position): Promise<CallEnd>
  /** Calls not yet started can no longer run. */
  cancelCalls(calls: readonly string[], reason: string, position: Position): Promise<void>

  /**
   * Closes the run before its terminal pair is sent. False when a decision arrived for the call that was to wait: the
   * gate looks again.
   */
  close(position: Position): Promise<boolean>
}
