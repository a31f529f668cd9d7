import { z } from 'zod'
import { blobRef } from '../call/call.ts'
import { sha256Hex } from '../ids.ts'
import type { SealedEvent } from './sealed-event.ts'

/** A large body that a row refers to. Rows of the first format do not say of what type it is. */
export type BodyRef = { sha256: string; content_type?: string }

export const auditBody = blobRef.extend({ content_type: z.string() })
export type AuditBody = z.infer<typeof auditBody>

const listed = z.object({ bodies: z.array(auditBody) })
const firstFormatField = z.object({ blob: sha256Hex, bytes: z.int() })
const firstFormatBlock = z.object({ blob: blobRef })

/**
 * The large bodies of a row: what the engine has listed in `data.bodies`. Nothing else in `data` counts: arguments and
 * results are written by models and tools, which could name somebody else's body. Rows of the first format have no list:
 * there a field that was too large stands as `{blob, bytes}`, and a block of a result that was cut has a `blob`.
 */
export function bodyRefs({ format, data }: Pick<SealedEvent, 'format' | 'data'>): BodyRef[] {
  if (format !== undefined) return listed.safeParse(data).data?.bodies ?? []
  const fields = Object.values(data).flatMap((value) => firstFormatField.safeParse(value).data?.blob ?? [])
  const cut = [data.result].flat().flatMap((block) => firstFormatBlock.safeParse(block).data?.blob.sha256 ?? [])
  return [...fields, ...cut].map((sha256) => ({ sha256 }))
}
