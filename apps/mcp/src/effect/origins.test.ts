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
  it.each<[string, unknown]>([
    ['said', { data: { a: ` ${base64('hunter2')}\n` } }],
    ['said', { stringData: { a: 'hunter2' } }],
    ['moved', { data: { a: UNREAD } }],
    ['moved', { stringData: { a: UNREAD } }],
    ['sealed', { data: { a: SEALED } }],
    ['sealed', { stringData: { a: SEALED } }],
    ['unknown', { data: { a: base64('hunter3') } }],
    ['unknown', { data: null }],
    ['unknown', null],
    ['unknown', 'hunter2'],
    ['unknown', undefined],
  ])('is %s where the caller wrote %j', (origin, said) => {
    expect(originOf(base64('hunter2'), said, secret)).toBe(origin)
  })

  it('of another group is no base64', () => {
    const other = { ...secret, apiVersion: 'example.com/v1' }
    expect(originOf('no base64', { data: { a: 'no base64' } }, other)).toBe('said')
    expect(originOf(base64('hunter2'), { stringData: { a: 'hunter2' } }, other)).toBe('unknown')
  })
})
