import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { applyEvent } from '@fairlead/client/conversation/apply-event'
import { emptyView } from '@fairlead/client/conversation/empty-view'
import type { RunEvent } from '@fairlead/contract/events/run-event'
import { expect, test } from 'vitest'
import { createTerminal, type TerminalStreams } from '../terminal/terminal.ts'
import { createRunPrinter } from './run-printer.ts'

/** What stands on stderr after these events, and what opening the reads shows. `columns`: before a person. */
type Before = { foldsReads: boolean; columns?: number; env?: NodeJS.ProcessEnv }
async function printed({ foldsReads, columns, env = { NO_COLOR: '1' } }: Before, ...events: object[]) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  if (columns !== undefined) for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true, columns })
  const streams = { stdin, stdout, stderr } as unknown as TerminalStreams
  const printer = createRunPrinter(createTerminal(streams, env), { foldsReads })
  let view = emptyView()
  for (const own of events) {
    const event = own as RunEvent
    view = applyEvent(view, event, { id: undefined, now: 0 })
    printer.print(event, view)
  }
  stdout.end()
  stderr.end()
  return { notes: await readAll(stderr), opened: printer.reads.opened() }
}

const call = (id: number) => ({
  ...{ call_id: `r${id}`, tool: 'k8s_get', title: 'Get', class: 'read' },
  args: { resource_type: 'pods', namespace: `n${id}` },
})
const reads = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((id) => [
    { type: 'tools.pending', tools: [call(id)] },
    { type: 'tool.executing', ...call(id), timestamp: id * 1000 },
    { type: 'tool.result', ...call(id), timestamp: id * 1000 + 100, result: [], outcome: 'succeeded' },
  ])
const failed = [
  { type: 'tools.pending', tools: [call(99)] },
  { type: 'tool.error', ...call(99), error: 'Forbidden: pods', outcome: 'failed' },
]
const end = { type: 'completed', status: 'completed' }
const line = (id: number) => `  read  Pods of n${id} 100ms\n`

test('more than three reads in a row share one line; fewer have a line each', async () => {
  expect((await printed({ foldsReads: true }, ...reads(1, 9), end)).notes).toBe(
    '  9 reads, 0.9 s (/reads shows them)\n',
  )
  expect((await printed({ foldsReads: true }, ...reads(1, 3), end)).notes).toBe([1, 2, 3].map(line).join(''))
})

test('one that failed stands by itself and ends the row', async () => {
  const { notes } = await printed({ foldsReads: true }, ...reads(1, 4), ...failed, ...reads(5, 5), end)
  expect(notes).toBe(`  4 reads, 0.4 s (/reads shows them)\n  failed Pods of n99: Forbidden: pods\n${line(5)}`)
})

test('opened, each of them has its tool and its arguments', async () => {
  const { opened } = await printed({ foldsReads: true }, ...reads(1, 4), end)
  expect(opened).toHaveLength(8)
  expect(opened.slice(0, 2)).toEqual(['  read  Pods of n1 100ms', '        k8s_get resource_type=pods namespace=n1'])
})

test('where nothing can be opened afterwards, all stand there as they come', async () => {
  const { notes } = await printed({ foldsReads: false, columns: 80 }, ...reads(1, 5), end)
  expect(notes).toBe([1, 2, 3, 4, 5].map(line).join(''))
})

test('who sits before it sees what is read now, on a line that goes again', async () => {
  const { notes } = await printed({ foldsReads: true, columns: 20 }, ...reads(1, 4), end)
  expect(notes).toContain('\r  reading  Pods of…')
  const [last] = notes.split('\u001b[2K').slice(-1)
  expect(last).toBe('  4 reads, 0.4 s (/reads shows them)\n')
})

test('a line that goes again leaves no colour behind where it is cut', async () => {
  const foreign = { ...call(1), tool: 'search', title: 'Search', args: { text: 'x'.repeat(200) } }
  const events = [
    { type: 'tools.pending', tools: [foreign] },
    { type: 'tool.executing', ...foreign, timestamp: 0 },
  ]
  const { notes } = await printed({ foldsReads: true, columns: 80, env: {} }, ...events)
  expect(notes).toMatch(/^\r {2}reading {2}Search text=x+…$/)
})
