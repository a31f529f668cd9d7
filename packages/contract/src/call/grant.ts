import { z } from 'zod'
import { sha256Hex } from '../ids.ts'

/** Seconds a grant or an identity lives, and the clock skew both sides allow. */
export const GRANT_LIFE_SECONDS = 60
export const CLOCK_SKEW_SECONDS = 30

const requester = z.object({ sub: z.string().min(1), groups: z.array(z.string()) })

/** Claims of the single-use permit for one approved call (compact JWS, EdDSA). Times are seconds since the epoch. */
export const grantClaims = z.object({
  jti: z.string().regex(/^[a-z0-9-]{16,56}$/),
  call_id: z.string().min(1),
  /** Who approved: one e-mail, or several joined by a comma. */
  sub: z.string().min(1),
  /** On whose behalf the call was proposed. */
  act: requester,
  aud: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
  tool: z.string().min(1),
  final_args_sha256: sha256Hex,
  effect_digest: sha256Hex,
  pins: z.record(z.string(), z.unknown()),
})
export type GrantClaims = z.infer<typeof grantClaims>

/** Claims of the requester's identity, sent with every call, reads included. */
export const identityClaims = requester.extend({ aud: z.string().min(1), iat: z.int(), exp: z.int() })
export type IdentityClaims = z.infer<typeof identityClaims>

/** Why a grant was not honoured; stands in `data.grant_error` of the refusal. */
export const grantError = z.enum([
  'missing',
  'malformed',
  'unknown_key',
  'bad_signature',
  'wrong_audience',
  'expired',
  'not_yet',
  'before_start',
  'wrong_tool',
  'wrong_arguments',
  'wrong_identity',
  'used',
  'store',
])
export type GrantError = z.infer<typeof grantError>
