import { describe, expect, it } from 'vitest'
import { hiddenTexts, showsMore, textsIn } from './shown-secrets.ts'

const token = 'ghp_0123456789abcdef0123456789abcdef0123'
const secret = (data: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { annotations: { token } }, data })

const telling = { kind: 'Pod', spec: { containers: [{ env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] } }

it('the texts that may not be read are those that are hidden whole, and are there', () => {
  expect(hiddenTexts(secret({ a: 'eA==', b: 'eQ==', empty: '' }))).toEqual(new Set(['eA==', 'eQ==']))
  expect(hiddenTexts({ kind: 'ConfigMap', data: { a: 'x' } })).toEqual(new Set())
  expect(hiddenTexts(telling)).toEqual(new Set(['hunter2']))
})

it('finds every text of a value, and no key', () => {
  expect([...textsIn({ a: 'x', b: ['y', { c: 'z', d: 1, e: null }] })]).toEqual(['x', 'y', 'z'])
  expect([...textsIn(undefined)]).toEqual([])
})

describe('a secret is shown more than before', () => {
  const secrets = new Set(['hunter2', token])
  const of = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', data })
  it.each<[string, unknown, unknown, boolean]>([
    ['where it was not', of({}), of({ a: 'hunter2' }), true],
    ['once more', of({ a: 'hunter2' }), of({ a: 'hunter2', b: 'hunter2' }), true],
    ['in a creation', undefined, of({ a: 'hunter2' }), true],
    ['but not as often as before', of({ a: 'hunter2' }), of({ b: 'hunter2' }), false],
    ['nor less often', of({ a: 'hunter2', b: 'hunter2' }), of({ b: 'hunter2' }), false],
    ['nor where it is hidden whole', secret({}), secret({ a: 'hunter2' }), false],
    ['nor where it is hidden by its form', of({}), of({ a: token }), false],
    ['nor where the name of its variable hides it', of({}), telling, false],
    ['nor where it is another text', of({}), of({ a: 'hunter3' }), false],
  ])('%s', (_, before, after, isMore) => {
    expect(showsMore(before, after, secrets)).toBe(isMore)
  })
  it('where only its name hides it: that is shown where it is written', () => {
    const telling = new Set(['password=hunter2'])
    expect(showsMore(of({}), of({ a: 'password=hunter2' }), telling)).toBe(true)
  })
})
