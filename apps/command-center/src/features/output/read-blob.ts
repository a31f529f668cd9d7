import type { BlobRef } from '@fairlead/contract/call/call'
import { api } from '../../api.ts'

/** The whole of a text that came as head and tail. */
export async function readBlob(conversationId: string | undefined, { sha256 }: BlobRef): Promise<string> {
  if (conversationId === undefined) throw new Error('The whole text can be read in its own conversation only.')
  const params = { id: conversationId, sha256 }
  return await (await api.open('GET /conversations/:id/blobs/:sha256', { params })).text()
}
