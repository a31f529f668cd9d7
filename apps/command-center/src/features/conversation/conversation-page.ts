import type { Api } from '@fairlead/contract/client/create-api'

const PAGE = 50

export type ConversationPage = Awaited<ReturnType<typeof readConversationPage>>

/** The newest messages of a conversation, or those before a cursor. */
export function readConversationPage(
  api: Pick<Api, 'call'>,
  { id, before, signal }: { id: string; before: string | undefined; signal: AbortSignal },
) {
  const query = { limit: PAGE, ...(before !== undefined && { before }) }
  return api.call('GET /conversations/:id', { params: { id }, query, signal })
}
