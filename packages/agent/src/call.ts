import type { CallClass, CallStatus } from '@fairlead/contract/call/call'
import type { ToolAnnotations } from '@fairlead/contract/tool/tool-meta'

/** A call as the model proposed it, before anybody has looked at it. */
export type ProposedCall = {
  provider_id: string
  tool: string
  /** Parsed arguments; `{}` when the text was no JSON object, and then `fault` says so. */
  args: Record<string, unknown>
  class: CallClass
  /** Why the call can never run, in one sentence for the model. */
  fault?: string
  /** The engine's own function: answered without a tool server, invisible in events and timeline. */
  answer?: string
  title: string
  annotations: ToolAnnotations
  tool_digest?: string
  server: string
}

/** What the gate needs to know of one open call, read from the record when the gate reaches it. */
export type CallFacts = {
  call_id: string
  tool: string
  class: CallClass
  status: CallStatus
  /** A write that is done, but its engine died before the cluster was asked what it says to it. */
  unverified?: true
  fault?: string
}
