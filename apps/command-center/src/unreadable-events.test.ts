import { expect, it, onTestFinished, vi } from 'vitest'
import { countUnreadable } from './unreadable-events.ts'

it('counts what cannot be read, and tells of it once a stream', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const streams = [countUnreadable('Run 1'), countUnreadable('Feed')]
  for (const stream of streams) for (const id of ['7', undefined, '9']) stream.note(id)
  expect(streams.map(({ count }) => count)).toEqual([3, 3])
  expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
    expect.stringMatching(/^Run 1: event 7 cannot be read/),
    expect.stringMatching(/^Feed: event 7 cannot be read/),
  ])
})
