import { describe, expect, test } from 'vitest'
import { priceOf, toUsage } from './usage.ts'

const none = { text: undefined, reasoning: undefined }
const input = (total: number | undefined, cacheRead?: number) => ({
  total,
  noCache: undefined,
  cacheRead,
  cacheWrite: undefined,
})

describe('the price of a request', () => {
  test('is that of the table, cached tokens at their own', () => {
    const price = priceOf('openai', 'gpt-4o')
    const tokens = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 }
    const whole = price(tokens)
    const cached = price({ ...tokens, cacheRead: 1_000_000 })
    expect(whole).toBeGreaterThan(0)
    expect(cached).toBeGreaterThan(0)
    expect(cached).toBeLessThan(whole)
    expect(price({ ...tokens, cacheRead: 500_000 })).toBeCloseTo((whole + cached) / 2, 9)
  })

  test.each([
    ['mystery', 'm'],
    ['openai', 'org/model:free'],
  ])('of an unknown model is 0: %s/%s', (provider, modelId) => {
    expect(priceOf(provider, modelId)({ input: 1000, output: 100, cacheRead: 0, cacheWrite: 0 })).toBe(0)
  })

  test('survives figures that contradict each other', () => {
    const price = priceOf('openai', 'gpt-4o')
    expect(price({ input: 10, output: -1, cacheRead: 40, cacheWrite: 40 })).toBeGreaterThan(0)
  })
})

describe('usage', () => {
  test('that was not reported is none, not zero', () => {
    expect(
      toUsage({ inputTokens: input(undefined), outputTokens: { total: undefined, ...none } }, () => 1),
    ).toBeUndefined()
  })

  test.each([
    ['of chat completions', { prompt_tokens_details: { cached_tokens: 7 } }, 7],
    ['of responses', { input_tokens_details: { cached_tokens: 7 } }, 7],
    ['of messages', { cache_read_input_tokens: 7 }, 7],
    ['that says nothing of a cache', { prompt_tokens: 9 }, null],
    ['with a null in its place', { prompt_tokens_details: { cached_tokens: null } }, null],
  ])('%s tells a cache of nothing from no word about one', (_, raw, cached_tokens) => {
    const usage = toUsage({ inputTokens: input(9, 7), outputTokens: { total: 2, ...none }, raw }, () => 1)
    expect(usage).toEqual({ prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, cached_tokens, cost: 1 })
  })
})
