import { publishExpired } from './after-decisions.ts'
import type { DecideContext } from './approvals/find-decidable.ts'
import { createShownTokens } from './approvals/shown-token.ts'
import { readPeople } from './auth/read-people.ts'
import type { EngineConfig } from './config.ts'
import { readConversation } from './conversations/conversation-rows.ts'
import type { Db } from './db/database.ts'
import { readRequest } from './event-log/record/read-request.ts'
import type { Feed } from './feed/feed.ts'
import { readActiveRun } from './runs/run-rows.ts'

/** What decisions about approvals need of the rest of the engine. */
export function decideContext(
  config: Readonly<EngineConfig>,
  of: { db: Db; feed: Feed; redactionKey: Uint8Array | undefined; now(): number },
): DecideContext {
  return {
    db: of.db,
    people: readPeople,
    originOf: async (from, call) => {
      const conversation = await readConversation(from, call.conversation_id ?? '')
      return conversation && { user_id: conversation.user_id, request: await readRequest(from, conversation.id) }
    },
    approvalTtlHours: config.APPROVAL_TTL_HOURS,
    isRunActive: async (from, id) => (await readActiveRun(from, id)) !== undefined,
    publishExpired: publishExpired(of.feed),
    now: () => new Date(of.now()),
    redactionKey: of.redactionKey,
    shown: createShownTokens(config.JWT_SECRET),
  }
}
