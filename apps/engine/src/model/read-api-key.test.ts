import { expect, test } from 'vitest'
import { readApiKey } from './read-api-key.ts'

test.each([
  ['gpt-4o', 'OPENAI_API_KEY'],
  ['anthropic/claude-sonnet-4-5', 'ANTHROPIC_API_KEY'],
  ['my-gateway.eu/m', 'MY_GATEWAY_EU_API_KEY'],
  ['huggingface/m', 'HF_TOKEN'],
  ['watsonx/m', 'IBM_API_KEY'],
  ['jina/m', 'JINAAI_API_KEY'],
  ['fireworks_ai/m', 'FIREWORKS_AI_API_KEY'],
  ['together/m', 'TOGETHERAI_API_KEY'],
  ['nim/m', 'NVIDIA_NGC_API_KEY'],
])('the key of %s stands in %s', (id, name) => {
  expect(readApiKey(id, { [name]: 'k', OTHER_API_KEY: 'x' })).toBe('k')
})

test('its own name comes first, and an empty one counts as unset', () => {
  expect(readApiKey('nim/m', { NIM_API_KEY: 'own', NVIDIA_NGC_API_KEY: 'other' })).toBe('own')
  expect(readApiKey('nim/m', { NIM_API_KEY: '', NVIDIA_NGC_API_KEY: 'other' })).toBe('other')
  expect(readApiKey('openai/m', { OPENAI_API_KEY: '' })).toBeUndefined()
})
