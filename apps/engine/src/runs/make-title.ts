import type { Model, ModelMessage } from '@fairlead/agent/model'
import type { Conversation } from '@fairlead/agent/ports'
import { fallbackTitle, titleFrom, titleQuery } from '@fairlead/agent/title'
import { isTitlePending, setFirstTitle } from '../conversations/conversation-rows.ts'
import type { Db } from '../db/database.ts'
import { readEntries } from '../event-log/record/read-entries.ts'
import type { RunLog } from '../event-log/run-log.ts'
import type { Feed } from '../feed/feed.ts'

const ASK_MS = 20_000
/** A title waits for the first answer, so that it does not compete with it, but not for ever. */
const LATEST_START_MS = 8_000

type Ports = {
  db: Db
  commit: RunLog['commit']
  /** Undefined: the user's words are taken at once. */
  askModel: Model['ask'] | undefined
  feed: Pick<Feed, 'publish'>
}

type Untitled = {
  run: { conversation_id: string; user_id: string }
  firstText: Promise<void>
  /** Known without reading. */
  isUntitled: boolean
  /** What was said, where that is known without reading. */
  conversation: Conversation | undefined
}

/**
 * Gives the conversation a title beside its first run: after the first text, at the latest after 8 s. Without a model's
 * answer the title is made of the user's own words.
 */
export async function makeTitle({ db, commit, askModel, feed }: Ports, untitled: Untitled): Promise<void> {
  const { run, firstText, isUntitled, conversation } = untitled
  const { conversation_id, user_id } = run
  if (!isUntitled && !(await isTitlePending(db, conversation_id))) return
  const latest = Promise.withResolvers<void>()
  const timer = setTimeout(latest.resolve, LATEST_START_MS)
  await Promise.race([firstText, latest.promise])
  clearTimeout(timer)
  const texts = plainTexts(conversation ?? (await readEntries(db, conversation_id, 12)))
  const title = (askModel && (await askForTitle(askModel, texts))) ?? fallbackTitle(lastUserText(texts))
  const isSet = await commit({
    facts: (tx) => setFirstTitle(tx, conversation_id, title),
    events: [{ type: 'conversation.title.generated', title }],
  })
  if (isSet) feed.publish(user_id, { type: 'conversation.title.generated', conversation_id, title })
}

function plainTexts({ entries, first }: Conversation): ModelMessage[] {
  const texts = entries.flatMap((entry): ModelMessage[] => {
    if (entry.kind === 'user') return [{ role: 'user', content: entry.content }]
    return entry.content === '' ? [] : [{ role: 'assistant', content: entry.content }]
  })
  // A model that answers at once may have said more than that by now.
  return first === undefined ? texts : [{ role: 'user', content: first }, ...texts]
}

async function askForTitle(askModel: Model['ask'], texts: readonly ModelMessage[]): Promise<string | undefined> {
  try {
    const { text } = await askModel(titleQuery(texts), { signal: AbortSignal.timeout(ASK_MS) })
    return titleFrom(text)
  } catch {
    return undefined
  }
}

function lastUserText(texts: readonly ModelMessage[]): string | undefined {
  return texts.findLast(({ role }) => role === 'user')?.content
}
