import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { MAX_LINES_OF_READS } from '@fairlead/contract/call/reads-line'

/** A call that has a line of its own, or reads that share one. */
export type ReadLine = { kind: 'call'; call: CallView } | { kind: 'reads'; calls: CallView[] }

/** Reads in a row that came to an end share a line where there are many; what failed, or goes on, stands by itself. */
export function foldReads(calls: readonly CallView[]): ReadLine[] {
  const lines: ReadLine[] = []
  let row: CallView[] = []
  const end = () => {
    if (row.length > MAX_LINES_OF_READS) lines.push({ kind: 'reads', calls: row })
    else lines.push(...row.map((call): ReadLine => ({ kind: 'call', call })))
    row = []
  }
  for (const call of calls) {
    if (call.status === 'completed') row.push(call)
    else {
      end()
      lines.push({ kind: 'call', call })
    }
  }
  end()
  return lines
}
