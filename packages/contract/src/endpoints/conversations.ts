import { z } from 'zod'
import { timelineMessage } from '../call/timeline.ts'
import { isoTime } from '../ids.ts'
import { defineEndpoint } from './define-endpoint.ts'

const ofOne = z.object({ id: z.string() })
const pagination = z.object({ limit: z.int(), next_cursor: z.string().nullable(), has_more: z.boolean() })
const success = z.literal('success')

export const createConversation = defineEndpoint({
  method: 'POST',
  path: '/conversations',
  access: 'user',
  answers: 'json',
  input: z.object({ conversation_id: z.string().nullish() }),
  output: z.object({ status: success, id: z.string(), title: z.literal(''), created_at: isoTime }),
})

export const listConversations = defineEndpoint({
  method: 'GET',
  path: '/conversations',
  access: 'user',
  answers: 'json',
  query: z.object({
    limit: z.coerce.number().int().default(20),
    cursor: z.string().optional(),
    query: z.string().optional(),
  }),
  output: z.object({
    status: success,
    data: z.array(z.object({ id: z.string(), title: z.string().nullable(), created_at: isoTime, updated_at: isoTime })),
    pagination,
  }),
})

/** With `limit` or `before` one page, newest last; without either the whole timeline, for older clients. */
export const getConversation = defineEndpoint({
  method: 'GET',
  path: '/conversations/:id',
  access: 'owner',
  answers: 'json',
  params: ofOne,
  query: z.object({ limit: z.coerce.number().int().optional(), before: z.string().optional() }),
  output: z.object({
    status: success,
    exists: z.literal(true),
    id: z.string(),
    created_at: isoTime,
    messages: z.array(timelineMessage).nullable(),
    title: z.string().nullable(),
    active_run_id: z.string().nullable(),
    awaiting_approval: z.boolean(),
    /** Whose it is, where it is not the caller's own: a superuser reads it. */
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }).optional(),
    pagination: pagination.optional(),
  }),
})

/** The whole of a body that a timeline of this conversation refers to; ranges are served. */
export const getBlob = defineEndpoint({
  method: 'GET',
  path: '/conversations/:id/blobs/:sha256',
  access: 'owner',
  answers: 'download',
  params: ofOne.extend({ sha256: z.string() }),
})

export const changeConversation = defineEndpoint({
  method: 'PATCH',
  path: '/conversations/:id',
  access: 'owner',
  answers: 'json',
  params: ofOne,
  input: z.object({
    title: z.string().max(255).nullable().optional(),
    is_active: z.boolean().optional(),
    conversation_metadata: z.record(z.string(), z.unknown()).optional(),
    /** Answered with 400: the timeline is derived from the record. */
    messages_json: z.unknown().optional(),
  }),
  output: z.object({ status: success, id: z.string(), title: z.string().nullable(), updated_at: isoTime }),
})

export const deleteConversation = defineEndpoint({
  method: 'DELETE',
  path: '/conversations/:id',
  access: 'owner',
  answers: 'json',
  params: ofOne,
  output: z.object({ status: success, message: z.literal('Conversation deleted successfully'), id: z.string() }),
})

export const conversationEndpoints = {
  createConversation,
  listConversations,
  getConversation,
  getBlob,
  changeConversation,
  deleteConversation,
} as const
