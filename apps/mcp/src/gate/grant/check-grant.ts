import { type GrantClaims, grantClaims } from '@fairlead/contract/call/grant'
import { finalArgsDigest } from '@fairlead/contract/json/digest'
import type { Identity } from './identity.ts'
import type { PublicKeys } from './public-keys.ts'
import { grantRefused, issuedTooEarly, storeUnavailable } from './refused.ts'
import { readSignedToken } from './signed-token.ts'
import { goodFrom, type UsedGrants } from './used-grants.ts'

export type GrantChecker = (call: {
  /** `_meta["dev.fairlead/grant"]` as it came. */
  grant: unknown
  tool: string
  args: Readonly<Record<string, unknown>>
  identity: Identity | undefined
}) => Promise<GrantClaims>

/**
 * Whether a grant permits exactly this call, in the fixed order of its checks; the first failure is thrown as `Refused`.
 * The last check spends the grant, whatever comes after it. Nothing but keys and store is contacted.
 */
export function createGrantChecker({
  keys,
  used,
  audience,
  now = Date.now,
}: {
  /** Undefined: none are configured. */
  keys: PublicKeys | undefined
  used: UsedGrants
  audience: string
  now?: () => number
}): GrantChecker {
  return async ({ grant, tool, args, identity }) => {
    if (keys === undefined) {
      const reason = grant === undefined ? 'missing' : 'unknown_key'
      throw grantRefused(reason, 'no grant keys are configured, so this server runs no write.')
    }
    if (grant === undefined) throw grantRefused('missing')
    const read = await readSignedToken(grant, { claims: grantClaims, keys, audience, now })
    if ('fault' in read) throw grantRefused(read.fault)
    const { claims } = read
    const { since = 0 } = used
    if (claims.iat * 1000 <= since) throw issuedTooEarly(goodFrom(since))
    if (claims.tool !== tool) throw grantRefused('wrong_tool')
    if (claims.final_args_sha256 !== finalArgsDigest(args)) throw grantRefused('wrong_arguments')
    if (identity !== undefined && !isSame(identity, claims.act)) throw grantRefused('wrong_identity')
    const spent = await used.spend(claims.jti, claims.iat).catch((fault: unknown) => {
      throw storeUnavailable(fault)
    })
    if (spent === 'used') throw grantRefused('used')
    if (spent === 'spent') return claims
    throw spent.refused === 'before_start' ? issuedTooEarly(spent.retryAt) : grantRefused(spent.refused)
  }
}

/** Groups are a set; their order says nothing. */
function isSame(left: Identity, right: Identity): boolean {
  const [own, claimed] = [new Set(left.groups), new Set(right.groups)]
  return left.sub === right.sub && own.size === claimed.size && [...own].every((group) => claimed.has(group))
}
