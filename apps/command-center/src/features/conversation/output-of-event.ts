import type { RunEvent } from '@fairlead/contract/events/run-event'
import type { LiveOutputWriter, OutputPiece } from './live-output.ts'

/** Brings what the calls of a conversation have written to the live output: what was taken between two flushes at once. */
export function outputOf(output: LiveOutputWriter, now: () => number) {
  const pieces = new Map<string, OutputPiece[]>()
  const seen = new Map<string, { last: number; missing: number }>()
  /** What is missing between the last piece of this call and here. */
  const missingAt = (callId: string, seq: number): number => {
    const { last, missing } = seen.get(callId) ?? { last: 0, missing: 0 }
    const now = { last: Math.max(last, seq), missing: missing + Math.max(0, seq - last - 1) }
    seen.set(callId, now)
    return now.missing
  }
  const flush = () => {
    for (const [callId, own] of pieces) output.append(callId, own)
    pieces.clear()
  }
  return {
    take: (event: RunEvent) => {
      if (event.type === 'tool.progress') {
        const at = event.timestamp ?? now()
        // Another server of this wire tells of progress in words alone.
        const { seq, stream, text, message, progress } = event as Partial<typeof event> & {
          message?: unknown
          progress?: unknown
        }
        const missing = typeof seq === 'number' ? missingAt(event.call_id, seq) : 0
        const isPiece =
          (stream === 'stdout' || stream === 'stderr') && typeof seq === 'number' && typeof text === 'string'
        const said = typeof text === 'string' ? text : typeof message === 'string' ? message : String(progress ?? '')
        if (!isPiece) return output.say(event.call_id, { text: said, at })
        const own = pieces.get(event.call_id) ?? []
        pieces.set(event.call_id, own)
        own.push({ seq, stream, text, at, missing })
        seen.set(event.call_id, { last: Math.max(seq, seen.get(event.call_id)?.last ?? 0), missing: 0 })
      }
      if (event.type === 'tool.result' || event.type === 'tool.error' || event.type === 'tool.stale') {
        flush()
        output.end(event.call_id, event.timestamp ?? now())
      }
    },
    flush,
  }
}
