import { describe, expect, it } from 'vitest'
import { originsIn, SEALED, UNREAD } from './origins.ts'

const secret = { apiVersion: 'v1', kind: 'Secret' }
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** How `text` came to `data.a` of an object of which the caller said this. */
const originOf = (text: string, said: unknown, object: object = {}) =>
  originsIn(object, said)({ text, object, tokens: ['data', 'a'] })

describe('a text of an object', () => {
  it.each([
    ['said', 'x', { data: { a: 'x' } }],
    ['said', '', { data: { a: '' } }],
    ['moved', 'x', { data: { a: UNREAD } }],
    ['sealed', 'x', { data: { a: SEALED } }],
    ['unknown', 'x', { data: { a: 'y' } }],
    ['unknown', 'x', { data: { b: 'x' } }],
    ['unknown', 'x', undefined],
  ])('is %s: %j', (origin, text, said) => {
    expect(originOf(text, said)).toBe(origin)
  })
})

describe('a value of a Secret', () => {
  // The marks are others in every process: none of them stands in a title, by which a test is found again.
  it.each<[string, string, unknown]>([
    ['said', 'it in base64', { data: { a: ` ${base64('hunter2')}\n` } }],
    ['said', 'it as text', { stringData: { a: 'hunter2' } }],
    ['moved', 'a moved one in base64', { data: { a: UNREAD } }],
    ['moved', 'a moved one as text', { stringData: { a: UNREAD } }],
    ['sealed', 'a sealed one in base64', { data: { a: SEALED } }],
    ['sealed', 'a sealed one as text', { stringData: { a: SEALED } }],
    ['unknown', 'another one', { data: { a: base64('hunter3') } }],
    ['unknown', 'no data', { data: null }],
    ['unknown', 'null', null],
    ['unknown', 'no object', 'hunter2'],
    ['unknown', 'nothing', undefined],
  ])('is %s where the caller wrote %s', (origin, _, said) => {
    expect(originOf(base64('hunter2'), said, secret)).toBe(origin)
  })

  it('of another group is no base64', () => {
    const other = { ...secret, apiVersion: 'example.com/v1' }
    expect(originOf('no base64', { data: { a: 'no base64' } }, other)).toBe('said')
    expect(originOf(base64('hunter2'), { stringData: { a: 'hunter2' } }, other)).toBe('unknown')
  })
})
