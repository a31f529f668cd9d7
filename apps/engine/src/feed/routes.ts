import type { Endpoints } from '@fairlead/contract/endpoints/endpoints'
import type { AuthenticatedUser } from '../http/authenticated-user.ts'
import type { Handlers } from '../http/handlers.ts'
import type { Feed } from './feed.ts'

export type FeedPorts = {
  feed: Feed
  /** Aborted when the access token expires; watched until the client has gone. */
  whenTokenExpires(user: AuthenticatedUser, gone: AbortSignal): AbortSignal
}

export function feedHandlers({ feed, whenTokenExpires }: FeedPorts): Pick<Handlers<Endpoints>, 'userEvents'> {
  return {
    userEvents: ({ user, headers }) => {
      const lastEventId = headers['last-event-id']
      return feed.open({
        userId: user.id,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        ended: (gone) => whenTokenExpires(user, gone),
      })
    },
  }
}
