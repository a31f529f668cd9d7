import type { GrantClaims } from '@fairlead/contract/call/grant'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import type { Grants } from '../../grants/open-grants.ts'
import type { ToolServer } from '../../mcp-client/connect-tools.ts'
import type { RunUser } from '../run-user.ts'
import type { ApprovedCall } from './approved-call.ts'

/** A grant that may leave the engine once it is on record. */
export type IssuedGrant = {
  token: string
  /** Milliseconds since the epoch: its end. */
  until: number
}

/** Signs the permit for one approved call; it is not recorded yet. */
export type IssueGrant = (approved: ApprovedCall) => Promise<IssuedGrant & { claims: GrantClaims }>

type Ports = {
  signGrant: Grants['signGrant']
  sentArguments: ToolServer['sentArguments']
  audience: string
  requester(): RunUser
}

export function createGrantIssuer({ signGrant, sentArguments, audience, requester }: Ports): IssueGrant {
  return async ({ call, approval }) => {
    const { email, groups } = requester()
    const { token, claims } = await signGrant({
      call_id: call.call_id,
      sub: approval.decided_by ?? email,
      act: { sub: email, groups: [...groups] },
      aud: audience,
      tool: call.tool,
      final_args_sha256: finalArgsDigest(await sentArguments(call.tool, call.args)),
      effect_digest: approval.effect_digest,
      pins: approval.effect.pins,
    })
    return { token, until: claims.exp * 1000, claims }
  }
}
