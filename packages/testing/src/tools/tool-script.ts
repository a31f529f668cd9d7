import type { GrantClaims } from '@fairlead/contract/call/grant'
import type { Effect, ObjectOutcome } from '@fairlead/contract/effect/effect'
import { argsDigest, effectDigest } from '@fairlead/contract/json/digest'
import type { ProgressNotice, ToolAnswer, ToolErrorCode } from '@fairlead/contract/tool/tool-meta'
import type { CallToolResult } from '@modelcontextprotocol/server'

/** What a request asks for: a look, what a write would do, the write itself, or what became of it. */
export type ToolPhase = 'read' | 'preview' | 'execute' | 'verify'

/** One call as it came. */
export type SeenToolCall = {
  phase: ToolPhase
  name: string
  args: Record<string, unknown>
  meta: Record<string, unknown>
  /** The engine's `call_id`, which is the progress token of each of its calls. */
  callId: string
  /** Of an execution: the grant, once it has passed every check. */
  grant?: GrantClaims
  /** Aborted when the caller has gone. */
  signal: AbortSignal
  /** Sends a progress notice in our own form; numbered from 1. */
  progress(stream: ProgressNotice['stream'], text: string): Promise<void>
  /** Sends the notice that another list of tools holds from now on. */
  listChanged(): Promise<void>
  /** Drops the connection: whatever is answered never arrives. */
  cut(): void
}

export type ScriptedAnswer = ToolAnswer & {
  /** Content blocks behind the text. */
  blocks?: CallToolResult['content']
}

/** Answers a call; `own` is what the server makes of it by itself, and does it. */
export type ToolScript = (call: SeenToolCall, own: () => ToolAnswer) => ScriptedAnswer | Promise<ScriptedAnswer>

export function succeeded(output: string, more: Partial<ToolAnswer> = {}): ToolAnswer {
  return { output, error: false, ...more }
}

export function failed(code: ToolErrorCode, sentence: string, more: Partial<ToolAnswer> = {}): ToolAnswer {
  return { output: `${code}: ${sentence}`, error: true, code, ...more }
}

/** The answer of a preview, with the digests that the engine computes for it too. */
export function previewed(call: Pick<SeenToolCall, 'name' | 'args'>, effect: Effect): ToolAnswer {
  return succeeded(effect.summary, { dry_run: true, ...withDigests(call, effect) })
}

/** A granted write that was not done, since it would now do something else. */
export function stale(call: Pick<SeenToolCall, 'name' | 'args'>, effect: Effect): ToolAnswer {
  return failed('Stale', 'what was approved no longer holds.', { outcome: 'stale', ...withDigests(call, effect) })
}

/** A write of several objects, each with its own outcome; failed as a whole when one of them is. */
export function written(objects: ObjectOutcome[]): ToolAnswer {
  const fault = objects.find(({ outcome }) => outcome !== 'succeeded')
  if (fault === undefined) return succeeded(`${objects.length} written`, { outcome: 'succeeded', objects })
  return failed('Conflict', fault.error ?? `${fault.ref.name} was not written.`, { outcome: 'failed', objects })
}

function withDigests({ name, args }: Pick<SeenToolCall, 'name' | 'args'>, effect: Effect) {
  const args_digest = argsDigest(args)
  return { effect, args_digest, effect_digest: effectDigest({ tool: name, args_digest, effect }) }
}
