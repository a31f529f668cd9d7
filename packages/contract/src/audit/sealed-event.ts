import { z } from 'zod'
import { auditEvent } from '../endpoints/audit.ts'
import { sha256Hex } from '../ids.ts'

/** A row as an export carries it. A name that is not known is refused: readers would be told what no hash covers. */
export const sealedEvent = z.strictObject({
  ...auditEvent.shape,
  seq: z.int(),
  prev_hash: sha256Hex,
  hash: sha256Hex,
})
export type SealedEvent = z.infer<typeof sealedEvent>
