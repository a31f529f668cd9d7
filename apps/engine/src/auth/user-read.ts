import type { UserGrant, UserRead } from '@fairlead/contract/endpoints/auth'

type UserRow = Omit<UserRead, 'created_at' | 'grants'> & { created_at: Date; grants: readonly string[] }

/** A user as the wire carries one. */
export function userRead(user: UserRow): UserRead {
  const { id, email, is_active, is_superuser, is_verified, full_name, role, view_only } = user
  return {
    id,
    email,
    is_active,
    is_superuser,
    is_verified,
    full_name,
    role,
    created_at: user.created_at.toISOString(),
    grants: user.grants as UserGrant[],
    view_only,
  }
}
