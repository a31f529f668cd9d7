import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import type { Host } from '../gate/answer-write.ts'
import type { Meta } from '../gate/call-purpose.ts'
import type { Arguments } from '../tool/define-tool.ts'
import type { LiveOutput } from './live-output.ts'
import type { Peer } from './peer.ts'

/** One `tools/call`, freed of its transport. */
export type CallRequest = Peer & {
  name: string
  args: Arguments
  meta: Meta
  signal: AbortSignal
  live: LiveOutput
  host: Host
  /** Undefined where no traces are kept. */
  trace?: CallTrace
}

/** The trace that a call belongs to. */
export type CallTrace = {
  /** 32 hexadecimal digits. */
  id: string
  /** Shows these with the call. */
  learn(fields: Readonly<Record<string, string | undefined>>): void
}

export type CallAnswerer = (request: CallRequest) => Promise<ToolAnswer | InputRequiredResult>
