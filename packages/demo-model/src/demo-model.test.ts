import { expect, test } from 'vitest'
import { turnFor } from './demo-model.ts'

test('of a long message the beginning and the end are read, and it says so', () => {
  const { text } = turnFor({ messages: [{ role: 'user', content: `who are you?${' word'.repeat(5_000)}` }], tools: [] })
  expect(text).toMatch(/guided demo model[\s\S]*its beginning and its end/)
  const short = turnFor({ messages: [{ role: 'user', content: 'who are you?' }], tools: [] })
  expect(short.text).not.toContain('its beginning')
})
