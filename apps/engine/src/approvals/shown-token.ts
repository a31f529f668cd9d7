import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '@fairlead/contract/json/digest'

/** Who has had the hidden text of which effect. */
export type ShownTo = { user_id: string; call_id: string; revision: number; effect_digest: string }

export type ShownTokens = {
  sign(of: ShownTo): string
  /** Whether the token says exactly that. */
  says(token: string, of: ShownTo): boolean
}

/** Proof that somebody had the text that an effect hides. It holds no state: any engine of the installation knows it again. */
export function createShownTokens(secret: string): ShownTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'fairlead shown v1', 32))
  const mac = ({ user_id, call_id, revision, effect_digest }: ShownTo) =>
    createHmac('sha256', key)
      .update(canonicalJson([user_id, call_id, revision, effect_digest]))
      .digest()
  return {
    sign: (of) => mac(of).toString('base64url'),
    says: (token, of) => {
      const given = Buffer.from(token, 'base64url')
      const own = mac(of)
      return given.length === own.length && timingSafeEqual(given, own)
    },
  }
}
