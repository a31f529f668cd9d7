import { expect, test } from 'vitest'
import { bodyRefs } from './body-refs.ts'

const [one, two, three] = ['a', 'b', 'c'].map((letter) => letter.repeat(64))
const listed = { sha256: one, bytes: 1, content_type: 'text/plain' }

test('a row refers to what the engine has listed, and to nothing that looks like a reference', () => {
  const args = { blob: two, bytes: 1 }
  const result = [{ type: 'text', blob: { sha256: three, bytes: 1 } }]
  expect(bodyRefs({ format: 2, data: { args, result, bodies: [listed] } })).toEqual([listed])
  expect(bodyRefs({ format: 2, data: { args, result } })).toEqual([])
  expect(bodyRefs({ format: 2, data: { bodies: 'none' } })).toEqual([])
})

test('a row of the first format refers to its large fields, and to blocks of its result that were cut', () => {
  const data = {
    args: { blob: two, bytes: 1 },
    bodies: [listed],
    deep: { args: { blob: one, bytes: 1 } },
    digest: { blob: one },
    none: null,
    result: [{ type: 'text', blob: { sha256: three, bytes: 1 } }, { type: 'text', text: 'x' }, null],
  }
  expect(bodyRefs({ data })).toEqual([{ sha256: two }, { sha256: three }])
  expect(bodyRefs({ data: { result: 'text' } })).toEqual([])
})
