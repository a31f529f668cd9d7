import { z } from 'zod'
import { isoTime } from '../ids.ts'
import { defineEndpoint } from './define-endpoint.ts'

/**
 * One row of the audit; the last three are null until it is sealed. Rows that were sealed in the
 * first format have neither `format` nor `user_id`: their hash does not cover who may see them.
 */
export const auditEvent = z.object({
  format: z.literal(2).optional(),
  id: z.string(),
  at: isoTime,
  actor: z.string(),
  actor_ip: z.string().nullable(),
  /** Whose account or conversation it concerns: who may see it without the audit right. */
  user_id: z.string().nullable().optional(),
  conversation_id: z.string().nullable(),
  run_id: z.string().nullable(),
  call_id: z.string().nullable(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  seq: z.int().nullable(),
  prev_hash: z.string().nullable(),
  hash: z.string().nullable(),
})
export type AuditEvent = z.infer<typeof auditEvent>

/** Of the years that a row can hold. */
const time = z.iso.datetime({ offset: true }).refine((text) => {
  const at = Date.parse(text)
  return !(at < Date.parse('0001-01-01T00:00:00Z') || at > Date.parse('9999-12-31T23:59:59Z'))
}, 'The time is out of range')

const filters = {
  start: time.optional(),
  end: time.optional(),
  /** Comma list. */
  type: z.string().optional(),
  user_id: z.uuid().optional(),
  conversation_id: z.string().optional(),
  run_id: z.string().optional(),
  call_id: z.string().optional(),
  tool: z.string().optional(),
  outcome: z.string().optional(),
  cluster: z.string().optional(),
  namespace: z.string().optional(),
  /** `Kind/name`. */
  object: z.string().optional(),
}

export const listAudit = defineEndpoint({
  method: 'GET',
  path: '/audit',
  access: 'user',
  answers: 'json',
  query: z.object({
    ...filters,
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z.string().optional(),
  }),
  output: z.object({ items: z.array(auditEvent), next_cursor: z.string().nullable() }),
})

/** Sealed rows in order; in JSONL each large body once, before the event that refers to it, and the heads last. */
export const exportAudit = defineEndpoint({
  method: 'GET',
  path: '/audit/export',
  access: 'user',
  answers: 'download',
  query: z.object({ ...filters, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
})

export const verifyAudit = defineEndpoint({
  method: 'GET',
  path: '/audit/verify',
  slow: true,
  access: 'user',
  answers: 'json',
  query: z.object({
    from_seq: z.coerce.number().int().min(1).optional(),
    to_seq: z.coerce.number().int().min(1).optional(),
  }),
  output: z.object({
    ok: z.boolean(),
    checked: z.int(),
    first_seq: z.int().nullable(),
    last_seq: z.int().nullable(),
    head: z.object({ seq: z.int(), hash: z.string(), at: isoTime }).nullable(),
    unsealed: z.int(),
    first_bad: z
      .object({
        seq: z.int(),
        id: z.string().nullable(),
        problem: z.enum(['changed', 'removed', 'added', 'moved']),
        /** `chain`: the rows lead to another hash than the one that was signed. `tail`: rows at the end are gone. */
        of: z.enum(['row', 'chain', 'body', 'head', 'key', 'tail']),
        detail: z.string(),
      })
      .nullable(),
  }),
})

export const auditEndpoints = { listAudit, exportAudit, verifyAudit } as const
