import { describe, expect, it } from 'vitest'
import { usageFigures, usageOfMessage } from './usage-figures.ts'

const usage = {
  model: 'm',
  prompt_tokens: 1_204,
  completion_tokens: 310,
  total_tokens: 3_400_000,
  cached_tokens: 0,
  ttft_ms: 420,
  ttr_ms: 5_270,
}
const texts = (parts: Partial<typeof usage> & { cost?: number }) =>
  usageFigures(usageOfMessage({ ...usage, ...parts })).map(({ text }) => text)

describe('usageFigures', () => {
  it('are all there when all is known', () => {
    expect(texts({ cached_tokens: 800, cost: 0.0123 })).toEqual([
      '420ms',
      '63.9 t/s',
      '5.27s',
      '↑ 1.2K',
      '↓ 310',
      'Σ 3.4M',
      '800 cached',
      '$0.01',
    ])
  })

  it('leave out what is not known or nothing', () => {
    const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
    expect(texts({ ...nothing, ttft_ms: 0, ttr_ms: 1_850 })).toEqual(['1.85s'])
    expect(texts({ completion_tokens: 0 })).not.toContainEqual(expect.stringContaining('t/s'))
    expect(texts({ ttft_ms: 5_270 })).not.toContainEqual(expect.stringContaining('t/s'))
  })

  it('say the exact number in full', () => {
    const titles = usageFigures(usageOfMessage(usage)).map(({ title }) => title)
    expect(titles).toContain('1,204 prompt tokens')
  })
})
