import { bodyRefs } from './body-refs.ts'
import type { Fault } from './fault.ts'
import type { SealedEvent } from './sealed-event.ts'

/** A large body as it was found: under which digest it was kept, and which one its bytes have. */
export type Body = { kept: string; actual: string; contentType: string }

/**
 * Large bodies stand before the first row that refers to them, each once. That row says of what type they are told; the
 * same bytes may be of another type to a later row.
 */
export function seenBodies() {
  const seen = new Map<string, { isWhole: boolean }>()
  const unused = new Map<string, Body>()
  return {
    note(body: Body): void {
      const isWhole = body.kept === body.actual
      if (isWhole && seen.get(body.kept)?.isWhole) return
      seen.set(body.kept, { isWhole })
      unused.set(body.kept, body)
    },

    faultOf(row: Pick<SealedEvent, 'seq' | 'id' | 'format' | 'data'>): Fault | undefined {
      for (const { sha256, content_type } of bodyRefs(row)) {
        const first = unused.get(sha256)
        unused.delete(sha256)
        const at = { seq: row.seq, id: row.id, of: 'body', digest: sha256 } as const
        const isOfOtherType = first !== undefined && content_type !== undefined && content_type !== first.contentType
        const body = seen.get(sha256)
        if (body === undefined) return { ...at, problem: 'removed' }
        if (!body.isWhole || isOfOtherType) return { ...at, problem: 'changed' }
      }
      return undefined
    },

    get count(): number {
      return seen.size
    },

    /** A body that no row has referred to. */
    get unused(): string | undefined {
      return unused.keys().next().value
    },
  }
}
