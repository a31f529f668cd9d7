import { closeCalls } from '../approvals/close-approvals.ts'
import { readApproval } from '../approvals/read-approvals.ts'
import type { Db } from '../db/database.ts'
import { readUndecidedOf } from '../event-log/record/calls.ts'
import type { Feed } from '../feed/feed.ts'
import { publishCancelled } from './publish-cancelled.ts'

/** Cancels what waits of the calls of an MCP server, which is not any more what they were proposed for: `why` says how. */
export async function cancelServerCalls(
  { db, feed }: { db: Db; feed: Pick<Feed, 'publish'> },
  { server, why }: { server: string; why: string },
): Promise<void> {
  for (const call of await readUndecidedOf(db, server)) {
    const userId = (await readApproval(db, call.call_id, call.revision))?.user_id
    if (userId === undefined) continue // its run is under way, and compares the server before it sends
    publishCancelled(feed, userId, await db.transaction((tx) => closeCalls(tx, [call], { why, userId })))
  }
}
