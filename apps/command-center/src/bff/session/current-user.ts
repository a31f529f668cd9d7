import { connection } from 'next/server'
import { browserRequest } from '../bff.ts'
import type { CurrentUser } from './session-state.ts'

/**
 * Who asks for this page, for layouts and pages on the server. The guard has found out already, so this costs nothing.
 * On a page for signed-in people it is never `nobody`.
 */
export async function currentUser(): Promise<CurrentUser> {
  await connection()
  return browserRequest().session ?? { state: 'nobody' }
}
