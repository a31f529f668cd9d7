import type { GrantError } from '@fairlead/contract/call/grant'
import { ToolError } from '../../tool/tool-error.ts'
import { StoreUnfit } from './store-unfit.ts'

const sentences: Record<Exclude<GrantError, 'store' | 'before_start'>, string> = {
  missing:
    'this server writes only what the engine has had approved, and the call carries no grant. For use without the engine see MCP_MODE.',
  malformed: 'the grant is not a compact JWS signed with EdDSA that holds every claim of a grant.',
  unknown_key:
    'the key that signed the grant is not among the keys of this server. It takes those of MCP_GRANT_PUBLIC_KEYS_FILE or MCP_GRANT_JWKS_URL; the engine serves its own at /.well-known/jwks.json.',
  bad_signature: 'the signature of the grant is wrong.',
  wrong_audience: 'the grant is for another server: MCP_GRANT_AUDIENCE has to be the same for the engine and here.',
  expired: 'the grant has expired. Ask the engine for a new approval.',
  not_yet:
    'the grant is not valid yet: the clocks of engine and server differ by more than 30 s. Set them right (NTP), then try again.',
  wrong_tool: 'the grant is for another tool.',
  wrong_arguments: 'the grant is for other arguments.',
  wrong_identity: 'the grant was issued on behalf of somebody else.',
  used: 'the grant has been used already.',
}

/** A write that no grant permits; `data.grant_error` says why. Nothing was contacted. */
export function grantRefused(reason: keyof typeof sentences, detail?: string): ToolError {
  return new ToolError('Refused', detail ?? sentences[reason], { data: { grant_error: reason } })
}

/**
 * What was used when the grant was issued is not known, so it counts as used. `retryAt` (seconds, by the clock of whoever
 * issues it): a new grant of then or later is good.
 */
export function issuedTooEarly(retryAt: number): ToolError {
  const time = new Date(retryAt * 1000).toISOString()
  return new ToolError(
    'Refused',
    `the grant was issued before this server began to remember used grants. Nothing was written. Send a new grant that is issued at ${time} or later.`,
    { data: { grant_error: 'before_start' satisfies GrantError, retry_at: retryAt } },
  )
}

/** What was approved was not sent in its time; of what was sent before, the outcomes say. */
export function permitOver(): ToolError {
  return new ToolError(
    'Refused',
    'the time of the approval was over before the write could be sent, so it was not sent.',
    {
      data: { grant_error: 'expired' satisfies GrantError },
    },
  )
}

/** Whether a grant was used cannot be found out, so it counts as used. */
export function storeUnavailable(cause: unknown): ToolError {
  const message =
    cause instanceof StoreUnfit
      ? `the store of used grants is not fit for it, so nothing was written: ${cause.message}`
      : 'the store of used grants (MCP_GRANT_STORE) does not answer, so nothing was written. Try again when it does.'
  return new ToolError('Unavailable', message, { data: { grant_error: 'store' satisfies GrantError }, cause })
}
