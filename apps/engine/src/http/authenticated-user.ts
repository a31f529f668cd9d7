import type { UserGrant } from '@fairlead/contract/endpoints/auth'

/** The caller by the current row: what was taken away a moment ago is not in it. */
export type AuthenticatedUser = {
  id: string
  email: string
  full_name: string | null
  role: string
  is_active: boolean
  is_superuser: boolean
  is_verified: boolean
  grants: UserGrant[]
  view_only: boolean
  /** Groups of the last single sign-on; part of the identity that clusters see. */
  groups: string[]
  created_at: Date
  session_id: string
  access_expires_at: Date
}

export function isAdmin(user: Pick<AuthenticatedUser, 'role' | 'is_superuser'>): boolean {
  return user.role === 'admin' || user.is_superuser
}

/** An administrator holds every grant. */
export function hasGrant(user: Pick<AuthenticatedUser, 'role' | 'is_superuser' | 'grants'>, grant: UserGrant): boolean {
  return isAdmin(user) || user.grants.includes(grant)
}
