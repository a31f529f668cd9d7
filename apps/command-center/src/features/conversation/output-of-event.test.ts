import type { RunEvent } from '@fairlead/contract/events/run-event'
import { expect, it } from 'vitest'
import { createLiveOutput } from './live-output.ts'
import { outputOf } from './output-of-event.ts'

const progress = (seq: number, stream: 'stdout' | 'stderr' | 'status', text = `${seq}`) =>
  ({ type: 'tool.progress', call_id: 'A', seq, stream, text, timestamp: seq }) as RunEvent

it('a notice of progress between two pieces is no gap, a piece that did not come is one', () => {
  const live = createLiveOutput()
  const output = outputOf(live, () => 0)
  const sent = [1, 2, 4, 5, 8, 8, 9].map((seq) => progress(seq, [2, 8].includes(seq) ? 'status' : 'stdout'))
  for (const event of sent) output.take(event)
  output.flush()
  expect(live.read('A')?.pieces.map(({ seq, missing }) => [seq, missing])).toEqual([
    [1, 0],
    [4, 1],
    [5, 0],
    [9, 2],
  ])
  expect(live.read('A')?.status).toEqual({ text: '8', at: 8 })
})

it('pieces that come again after a break in the line are neither gaps nor new', () => {
  const live = createLiveOutput()
  const output = outputOf(live, () => 0)
  for (const seq of [1, 2, 3, 1, 2, 3, 4]) output.take(progress(seq, 'stderr'))
  output.flush()
  expect(live.read('A')?.pieces.map(({ seq, missing }) => [seq, missing])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
  ])
})
