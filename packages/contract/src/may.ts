import type { UserRead } from './endpoints/auth.ts'

/** What a person may be shown in general; the engine decides on each single call. */
export const actions = [
  'ask',
  'propose-changes',
  'decide-own-calls',
  'decide-others-calls',
  'see-approvals',
  'see-all-audit',
  'see-all-analytics',
  'manage-integrations',
  'manage-team',
  'administer',
] as const
export type Action = (typeof actions)[number]

/** A server of the same wire may leave the flags out: a member is a member then, an admin an admin. */
export type Person = Pick<UserRead, 'role'> & Partial<Pick<UserRead, 'grants' | 'view_only'>>

export function may(person: Person, action: Action): boolean {
  const isAdmin = person.role.toLowerCase() === 'admin'
  const has = (grant: 'approve' | 'audit') => person.grants?.includes(grant) ?? false
  switch (action) {
    case 'ask':
      return true
    case 'propose-changes':
    case 'decide-own-calls':
      return !person.view_only
    case 'decide-others-calls':
      return isAdmin || has('approve')
    case 'see-approvals':
      return !person.view_only || isAdmin || has('approve')
    case 'see-all-audit':
      return isAdmin || has('audit')
    case 'see-all-analytics':
    case 'manage-integrations':
    case 'manage-team':
    case 'administer':
      return isAdmin
  }
}
