import type { Verification } from '@fairlead/contract/effect/effect'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { maskValue } from '@fairlead/service-kit/redaction/mask'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import type { ToolCaller } from '../tool-caller.ts'

/** Reads the objects of the effect back through the tool that wrote them, redacted; undefined when it gives no verdict. */
export type ReadBack = (
  approved: ApprovedCall,
  options: { waitSeconds: number; signal: AbortSignal },
) => Promise<Verification | undefined>

export function createReadBack(callTool: ToolCaller['call']): ReadBack {
  return async ({ call, approval }, { waitSeconds, signal }) => {
    const { effect, effect_digest } = approval
    const objects = effect.objects.map(({ diff: _, ...object }) => object)
    const meta = { [metaKeys.verify]: { effect_digest, objects, pins: effect.pins, wait_seconds: waitSeconds } }
    const answer = await callTool(call, { meta, signal })
    return answer.kind === 'answered' ? maskValue(answer.structured?.verification, 'read') : undefined
  }
}
