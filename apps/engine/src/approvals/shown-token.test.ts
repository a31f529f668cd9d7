import { expect, it } from 'vitest'
import { createShownTokens } from './shown-token.ts'

const of = { user_id: 'u1', call_id: 'c1', revision: 1, effect_digest: 'a'.repeat(64) }
const tokens = createShownTokens('a secret of at least thirty-two bytes')
const token = tokens.sign(of)

it('says who has had the text of which effect, on every engine of the installation', () => {
  expect(createShownTokens('a secret of at least thirty-two bytes').says(token, of)).toBe(true)
})

it.each<[string, Partial<typeof of>]>([
  ['person', { user_id: 'u2' }],
  ['call', { call_id: 'c2' }],
  ['revision', { revision: 2 }],
  ['effect', { effect_digest: 'b'.repeat(64) }],
])('says nothing of another %s', (_, other) => {
  expect(tokens.says(token, { ...of, ...other })).toBe(false)
})

it.each([
  '',
  'x',
  token.slice(0, -2),
  `${token}AAAA`,
  createShownTokens('another secret of thirty-two bytes').sign(of),
])('is not taken where it is forged: %s', (forged) => {
  expect(tokens.says(forged, of)).toBe(false)
})
