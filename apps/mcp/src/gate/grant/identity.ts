import { CLOCK_SKEW_SECONDS, type IdentityClaims, identityClaims } from '@fairlead/contract/call/grant'
import { ToolError } from '../../tool/tool-error.ts'
import type { PublicKeys, VerificationKey } from './public-keys.ts'
import { readSignedToken } from './signed-token.ts'

const MAX_REMEMBERED = 500

/** Who asks, as the engine signed it. */
export type Identity = Pick<IdentityClaims, 'sub' | 'groups'>

type Verified = { claims: IdentityClaims; kid: string; key: VerificationKey }

const faults = {
  malformed: 'it is malformed',
  unknown_key: 'its key is not known',
  bad_signature: 'its signature is wrong',
  wrong_audience: 'it is for another server',
  expired: 'it has expired',
  not_yet: 'it is not valid yet',
} as const

/**
 * Reads identities, and remembers those that verified until they expire, or their key is none any more: an engine sends
 * one with many calls of the same minute. Throws `Refused` for one that does not verify.
 */
export function createIdentityReader({
  keys,
  audience,
  now = Date.now,
}: {
  keys: PublicKeys
  audience: string
  now?: () => number
}): (token: unknown) => Promise<Identity> {
  const verified = new Map<unknown, Verified>()
  const isGood = async ({ claims, kid, key }: Verified) =>
    now() / 1000 <= claims.exp + CLOCK_SKEW_SECONDS && (await keys.find(kid)) === key
  return async (token) => {
    const known = verified.get(token)
    if (known !== undefined && (await isGood(known))) return known.claims
    const read = await readSignedToken(token, { claims: identityClaims, keys, audience, now })
    if ('fault' in read)
      throw new ToolError('Refused', `the identity of the caller does not hold: ${faults[read.fault]}.`)
    if (verified.size >= MAX_REMEMBERED) verified.clear()
    verified.set(token, read)
    return read.claims
  }
}
