import { expect, it } from 'vitest'
import { RunInterrupted, wasStopped } from './abort.ts'

const aborted = (reason: unknown): AbortSignal => AbortSignal.abort(reason)

it('tells a person who stopped the run from a run that goes on', () => {
  expect(wasStopped(new AbortController().signal)).toBe(false)
  expect(wasStopped(aborted('stopped-by-person'))).toBe(true)
})

it.each([
  ['shutting-down', 'shutting-down'],
  ['lost-ownership', 'lost-ownership'],
  ['anything else', 'lost-ownership'],
])('ends silently for %s', (reason, recorded) => {
  const end = () => wasStopped(aborted(reason))
  expect(end).toThrow(RunInterrupted)
  expect(end).toThrow(
    expect.objectContaining({
      name: 'RunInterrupted',
      message: `The run was interrupted: ${recorded}`,
      reason: recorded,
      cause: reason,
    }),
  )
})
