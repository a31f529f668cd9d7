/**
 * Why an account may change nothing: neither propose a change, nor decide one, nor take one back. Undefined when it may.
 * An address that somebody has only typed could be anybody's: until it is verified, nothing is decided under it.
 */
export function whyReadOnly(user: { view_only: boolean; is_verified: boolean }): string | undefined {
  if (user.view_only) return 'This account may only look: it proposes no changes and decides none.'
  if (!user.is_verified)
    return 'The e-mail address of this account is not verified, and until it is, the account may only look. Ask an administrator to verify it.'
  return undefined
}
