import type { CallView, ConversationView } from '@fairlead/client/conversation/conversation-view'
import { verdictTexts } from '@fairlead/client/conversation/outcome-words'
import { isRunActive } from '@fairlead/client/conversation/selectors'

export type News = { text: string; isUrgent: boolean }

/** What is said aloud of a change: a few turning points, never words or lines as they come. */
export function chatNews(before: ConversationView, after: ConversationView): News[] {
  if (before === after) return []
  return [
    ...runNews(before, after),
    ...newestCalls(after).flatMap((call) => callNews(callOf(before, call.call_id), call)),
  ]
}

function runNews(before: ConversationView, after: ConversationView): News[] {
  const [was, is] = [isRunActive(before), isRunActive(after)]
  if (!was && is) return [{ text: 'Answer started', isUrgent: false }]
  if (!was || is) return []
  const last = after.messages.at(-1)
  if (after.run?.state === 'failed') {
    const why = last?.type === 'assistant' && last.error !== undefined ? `: ${last.error}` : ''
    return [{ text: `The answer failed${why}`, isUrgent: true }]
  }
  return [{ text: after.run?.state === 'stopped' ? 'Answer stopped' : 'Answer finished', isUrgent: false }]
}

function callNews(before: CallView | undefined, { title, tool, status, revision, verdict }: CallView): News[] {
  const name = title || tool
  const news: News[] = []
  if (status === 'awaiting_approval') {
    const isChanged = (revision ?? 1) > 1 && before?.revision !== revision
    if (isChanged) news.push({ text: `Changed, approval needed again: ${name}`, isUrgent: true })
    else if (before?.status !== status) news.push({ text: `Approval needed: ${name}`, isUrgent: true })
  }
  if (verdict !== undefined && before?.verdict?.verdict !== verdict.verdict) {
    news.push({ text: `${name}: ${verdicts[verdict.verdict]}`, isUrgent: verdict.verdict === 'differs' })
  }
  return news
}

const verdicts = { ...verdictTexts, as_approved: `verified ${verdictTexts.as_approved}` }

/** Of the newest messages alone: older ones no longer move. */
function newestCalls({ messages }: ConversationView): CallView[] {
  return messages.slice(-2).flatMap((message) => {
    if (message.type === 'user') return []
    return message.segments.flatMap((segment) => (segment.kind === 'tool' ? [segment.call] : []))
  })
}

function callOf(view: ConversationView, callId: string): CallView | undefined {
  return newestCalls(view).find(({ call_id }) => call_id === callId)
}
