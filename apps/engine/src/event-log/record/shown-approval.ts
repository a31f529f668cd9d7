import type { Required, TaintMark, Vote } from '@fairlead/contract/call/call'
import type { Effect } from '@fairlead/contract/effect/effect'

/** What the timeline shows of the approval of a call's revision. */
export type ShownApproval = {
  revision: number
  effect: Effect | null
  effect_digest: string | null
  expires_at: string | null
  required: Required
  votes: Vote[]
  policies: string[]
  taint: TaintMark[]
  decided_by: string | null
  decided_at: string | null
  reason: string | null
}
