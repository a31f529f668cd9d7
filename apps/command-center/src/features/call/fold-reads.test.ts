import { callView } from '@fairlead/client/conversation/call-view.fixture'
import type { CallView } from '@fairlead/client/conversation/conversation-view'
import { expect, test } from 'vitest'
import { foldReads } from './fold-reads.ts'

/** One letter a call: `r` read, `f` failed, `x` under way. */
const statuses: Record<string, CallView['status']> = { r: 'completed', f: 'error', x: 'executing' }
const folded = (row: string) =>
  foldReads([...row].map((letter, index) => callView({ call_id: `${letter}${index}`, status: statuses[letter] })))
    .map((line) => (line.kind === 'call' ? line.call.call_id : `(${line.calls.map(({ call_id }) => call_id)})`))
    .join(' ')

test.each([
  ['', ''],
  ['rrr', 'r0 r1 r2'],
  ['rrrr', '(r0,r1,r2,r3)'],
  ['rrrrf', '(r0,r1,r2,r3) f4'],
  ['rrfrr', 'r0 r1 f2 r3 r4'],
  ['rrrrfrrrrrx', '(r0,r1,r2,r3) f4 (r5,r6,r7,r8,r9) x10'],
])('%s is shown as %j', (row, lines) => {
  expect(folded(row)).toBe(lines)
})
