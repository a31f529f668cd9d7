import { expect, it } from 'vitest'
import { takesResult, textOfResult } from './takes-result.ts'

const text = (value: string) => [{ type: 'text', text: value }]

it.each([
  ['NAME READY\nweb 1/1', true],
  ['10:41:07 starting: checkout\n10:41:08 done', true],
  ['a single line', false],
  ['a single line\n', false],
  ['{"a":\n1}', false],
  ['[\n 1\n]', false],
  ['[INFO] one\n[INFO] two', true],
  ['apiVersion: v1\nkind: Pod\nmetadata:\n  name: web', false],
  ['- name: a\n  b: 1\n- name: c', false],
  ['Error: something\nat line 2', true],
  ['', false],
])('%j', (value, isTaken) => expect(takesResult(text(value))).toBe(isTaken))

it('joins what there is', () => {
  expect(textOfResult([{ type: 'image' }, { type: 'text', text: 'a' }, { type: 'text', text: 'b' }])).toBe('a\nb')
  expect(takesResult(undefined)).toBe(false)
})
