import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { describeTool } from '../../fixtures/tools/describe-tool.fixture.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { waitForXSeconds } from './wait-for-x-seconds.ts'

describeTool(waitForXSeconds, {
  minimal: { seconds: 1 },
  good: () => ({ seconds: 0 }),
  bad: [
    ['number', { seconds: 301 }, 'seconds must be between 0 and 300, got 301.'],
    ['required', { seconds: null }, 'seconds is required.'],
  ],
})

describe('a wait', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function waiting(seconds: unknown, signal = new AbortController().signal) {
    const said: string[] = []
    const context = { signal, progress: (_: string, text: string) => void said.push(text) } as unknown as KubeContext
    const call = waitForXSeconds.parse({ seconds })
    return { said, limit: call.seconds, ended: call.run(context) }
  }

  test('says every ten seconds how far it is, and ends when the time is over', async () => {
    const { said, limit, ended } = waiting('25')
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    await vi.advanceTimersByTimeAsync(24_999)
    expect(said).toEqual(['Waited for 10 of 25 seconds\n', 'Waited for 20 of 25 seconds\n'])
    expect(isOver).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended).toEqual({ output: 'Waited for 25 seconds' })
    expect(limit).toBeGreaterThan(25)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('no time is over at once', async () => {
    expect(await waiting(0).ended).toEqual({ output: 'Waited for 0 seconds' })
  })

  test('a cancelled call ends at once', async () => {
    const abort = new AbortController()
    const { ended } = waiting(300, abort.signal)
    const refused = expect(ended).rejects.toMatchObject({ code: 'Cancelled' })
    await vi.advanceTimersByTimeAsync(15_000)
    abort.abort()
    await refused
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each([
    [301, 'seconds must be between 0 and 300, got 301.'],
    [-1, 'seconds must be between 0 and 300, got -1.'],
    [undefined, 'seconds is required.'],
  ])('%j seconds are refused', (seconds, sentence) => {
    expect(() => waitForXSeconds.parse({ seconds })).toThrow(
      expect.objectContaining({ code: 'InvalidArgument', message: sentence }),
    )
  })
})
