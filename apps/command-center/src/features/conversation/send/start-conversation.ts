import { ApiError } from '@fairlead/contract/client/api-error'
import { api } from '../../../api.ts'
import { raiseCreated } from '../in-page-events.ts'
import { leaveInitialMessage } from './initial-message.ts'

/**
 * Makes a conversation for a first message, which is left for its page to send. Resolves to its id; rejects with an
 * ApiError, and then the text belongs in the composer still.
 */
export async function startConversation(text: string): Promise<string> {
  const { id } = await api.call('POST /conversations', { body: {} })
  if (typeof id !== 'string' || id === '') {
    throw new ApiError(200, { detail: 'The engine made no conversation that could be opened' })
  }
  leaveInitialMessage(id, text)
  raiseCreated(id)
  return id
}
