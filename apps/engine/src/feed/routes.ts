import type { IncomingHttpHeaders } from 'node:http'
import type { EventStream } from '../http/event-stream.ts'
import type { Feed } from './feed.ts'

type Caller = { id: string }
type FeedCall<User extends Caller> = { user: User; headers: IncomingHttpHeaders }

/** `whenSessionEnds`: aborted when the caller's session is revoked or the access token of the request expires. */
export function feedHandlers<User extends Caller>({
  feed,
  whenSessionEnds,
}: {
  feed: Feed
  whenSessionEnds(call: FeedCall<User>): AbortSignal
}) {
  return {
    userEvents: (call: FeedCall<User>): Promise<EventStream> => {
      const lastEventId = call.headers['last-event-id']
      return feed.open({
        userId: call.user.id,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        ended: whenSessionEnds(call),
      })
    },
  }
}
