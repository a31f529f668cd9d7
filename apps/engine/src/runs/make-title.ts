import type { ModelMessage } from '@fairlead/agent/model'
import type { Conversation } from '@fairlead/agent/ports'
import { fallbackTitle, titleFrom, titleQuestion } from '@fairlead/agent/title'
import type { Execution } from '../calls/execution.ts'
import { isTitlePending, setFirstTitle } from '../conversations/conversation-rows.ts'
import { readEntries } from '../event-log/record/read-entries.ts'

const ASK_MS = 20_000
/** A title waits for the first answer, so that it does not compete with it, but not for ever. */
const LATEST_START_MS = 8_000

/**
 * Gives the conversation a title beside its first run: after the first text, at the latest after 8 s. Never rejects;
 * without a model's answer the title is made of the user's own words.
 * @param isUntitled known without asking
 * @param conversation what was said, where that is known without asking
 * @param isModelAsked false takes the user's words at once
 */
export async function makeTitle(
  execution: Execution,
  {
    firstText,
    isUntitled,
    conversation,
    isModelAsked,
  }: { firstText: Promise<void>; isUntitled: boolean; conversation: Conversation | undefined; isModelAsked: boolean },
): Promise<void> {
  const { context, claim, log } = execution
  try {
    if (!isUntitled && !(await isTitlePending(context.db, claim.conversation_id))) return
    const latest = Promise.withResolvers<void>()
    const timer = setTimeout(latest.resolve, LATEST_START_MS)
    await Promise.race([firstText, latest.promise])
    clearTimeout(timer)
    const texts = plainTexts(conversation ?? (await readEntries(context.db, claim.conversation_id, 12)))
    const title = (isModelAsked ? await askForTitle(execution, texts) : undefined) ?? fallbackTitle(lastUserText(texts))
    const isSet = await log.commit({
      facts: (tx) => setFirstTitle(tx, claim.conversation_id, title),
      events: [{ type: 'conversation.title.generated', title }],
    })
    if (!isSet) return
    const { conversation_id } = claim
    context.feed.publish(claim.user_id, { type: 'conversation.title.generated', conversation_id, title })
  } catch (error) {
    context.log.warn({ err: error, run_id: claim.run_id }, 'A conversation got no title')
  }
}

function plainTexts({ entries, first }: Conversation): ModelMessage[] {
  const texts = entries.flatMap((entry): ModelMessage[] => {
    if (entry.kind === 'user') return [{ role: 'user', content: entry.content }]
    return entry.content === '' ? [] : [{ role: 'assistant', content: entry.content }]
  })
  // A model that answers at once may have said more than that by now.
  return first === undefined ? texts : [{ role: 'user', content: first }, ...texts]
}

async function askForTitle({ context }: Execution, texts: readonly ModelMessage[]): Promise<string | undefined> {
  try {
    const { text } = await context.model.ask(titleQuestion(texts), { signal: AbortSignal.timeout(ASK_MS) })
    return titleFrom(text)
  } catch {
    return undefined
  }
}

function lastUserText(texts: readonly ModelMessage[]): string | undefined {
  return texts.findLast(({ role }) => role === 'user')?.content
}
