import type { UserRead } from '@fairlead/contract/endpoints/auth'
import { connection } from 'next/server'
import { pageRequest } from '../bff.ts'

/** `unreachable`: there is a session, and the engine cannot say now whose. It is kept. */
export type CurrentUser = { state: 'user'; user: UserRead } | { state: 'unreachable' } | { state: 'nobody' }

/**
 * Who asks for this page, for layouts and pages on the server. The guard has found out already, so this costs nothing.
 * On a page for signed-in people it is never `nobody`.
 */
export async function currentUser(): Promise<CurrentUser> {
  await connection()
  return pageRequest().session ?? { state: 'nobody' }
}
