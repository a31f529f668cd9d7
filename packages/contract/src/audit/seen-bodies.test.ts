import { expect, test } from 'vitest'
import { seenBodies } from './seen-bodies.ts'

const [digest, other] = ['a'.repeat(64), 'b'.repeat(64)]
const body = { kept: digest, actual: digest, contentType: 'text/plain' }

test('a whole body that comes again is known already', () => {
  const bodies = seenBodies()
  bodies.note(body)
  bodies.note({ ...body, contentType: 'application/json' })
  expect(bodies.faultOf(rowOf('text/plain'))).toBeUndefined()
  bodies.note(body)
  expect([bodies.count, bodies.unused]).toEqual([1, undefined])
})

test('a body that is not whole is a fault, also behind one that was', () => {
  const bodies = seenBodies()
  bodies.note(body)
  bodies.note({ ...body, actual: other })
  expect(bodies.faultOf(rowOf('text/plain'))).toMatchObject({ of: 'body', digest, problem: 'changed' })
})

function rowOf(contentType: string) {
  const bodies = [{ sha256: digest, bytes: 1, content_type: contentType }]
  return { seq: 5, id: 'row', format: 2 as const, data: { bodies } }
}
