import type { UserRead } from '@fairlead/contract/endpoints/auth'

/** `unreachable`: there is a session, and the engine cannot say now whose. It is kept. */
export type CurrentUser = { state: 'user'; user: UserRead } | { state: 'unreachable' } | { state: 'nobody' }
