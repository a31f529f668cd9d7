import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import type { Grants } from '../grants/open-grants.ts'
import type { RunUser } from './run-user.ts'

type Ports = { grants: Pick<Grants, 'signIdentity'>; audience: string }

/**
 * On whose behalf a call is made. Of an address that is not verified nothing is signed: a server that impersonates would
 * act as whoever was typed there. Such a server refuses the call, and one that acts by itself answers it.
 */
export async function identityMeta({ grants, audience }: Ports, user: RunUser): Promise<Record<string, string>> {
  if (!user.is_verified) return {}
  return { [metaKeys.identity]: await grants.signIdentity({ user: user.email, groups: user.groups, audience }) }
}
