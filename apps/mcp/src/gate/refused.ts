import type { GrantError } from '@fairlead/contract/grant'
import { ToolError } from '../tool-error.ts'

const sentences: Record<Exclude<GrantError, 'store'>, string> = {
  missing:
    'this server writes only what the engine has had approved, and the call carries no grant. For use without the engine see MCP_MODE.',
  malformed: 'the grant is not a compact JWS signed with EdDSA that holds every claim of a grant.',
  unknown_key: 'the key that signed the grant is not among the keys of this server.',
  bad_signature: 'the signature of the grant is wrong.',
  wrong_audience: 'the grant is for another server.',
  expired: 'the grant has expired. Ask the engine for a new approval.',
  not_yet: 'the grant is not valid yet: the clocks of engine and server differ too much.',
  before_start: 'the grant was issued before this server began to remember used grants. Ask the engine for a new one.',
  wrong_tool: 'the grant is for another tool.',
  wrong_arguments: 'the grant is for other arguments.',
  wrong_identity: 'the grant was issued on behalf of somebody else.',
  used: 'the grant has been used already.',
}

/** A write that no grant permits; `data.grant_error` says why. Nothing was contacted. */
export function grantRefused(reason: Exclude<GrantError, 'store'>, detail?: string): ToolError {
  return new ToolError('Refused', detail ?? sentences[reason], { data: { grant_error: reason } })
}

/** Whether a grant was used cannot be found out, so it counts as used. */
export function storeUnavailable(cause: unknown): ToolError {
  return new ToolError(
    'Unavailable',
    'the store of used grants does not answer, so nothing was written. Try again later.',
    {
      data: { grant_error: 'store' satisfies GrantError },
      cause,
    },
  )
}
