import { sha256 } from '@fairlead/contract/json/digest'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { Logger } from '@fairlead/service-kit/logger'
import type { InputRequiredResult } from '@modelcontextprotocol/server'
import type { CallPurpose } from '../gate/call-purpose.ts'
import { isConfirmationRequest } from '../gate/confirm/confirm.ts'
import { redactObject } from '../output/redact.ts'
import type { CallRequest } from './call-request.ts'

/** What is learnt of a call on its way. */
export type LogFields = {
  user?: string
  purpose?: 'read' | CallPurpose['kind']
  cluster?: string
  call_id?: string
  jti?: string
}

/** Arguments that may hold whole manifests or secrets: only their size and hash are logged. */
const bulky = new Set(['content', 'values', 'patch', 'changes', 'parameters'])

/** In characters; so is what is longer than anything that is of use in a line. */
const LONGEST_SHOWN = 1_000

/** One line for each call; the record is the engine's. */
export function logCall(
  log: Logger,
  {
    request,
    answer,
    ms,
    ...logFields
  }: LogFields & { request: CallRequest; answer: ToolAnswer | InputRequiredResult; ms: number },
): void {
  const { namespace, outcome, code } = isConfirmationRequest(answer) ? { outcome: 'asked' } : answer
  log.info(
    {
      tool: request.name,
      peer: request.peer,
      trace_id: request.trace?.id,
      ...logFields,
      args: log.isLevelEnabled('info') ? maskedArguments(request.args) : undefined,
      namespace,
      outcome,
      code,
      ms: Math.round(ms * 10) / 10,
    },
    'call',
  )
}

function maskedArguments(args: CallRequest['args']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      return [key, bulky.has(key) || text.length > LONGEST_SHOWN ? sizeAndHash(text) : redactObject(value)]
    }),
  )
}

function sizeAndHash(text: string): string {
  return `${text.length} characters, sha256 ${sha256(text).slice(0, 12)}`
}
