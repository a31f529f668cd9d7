import { expect, test } from 'vitest'
import { pathTokens, pointerOf, readablePath } from './readable-path.ts'

test.each([
  ['', 'whole object'],
  ['/spec/replicas', 'spec.replicas'],
  ['/spec/template/spec/containers/0/image', 'spec.template.spec.containers[0].image'],
  ['/metadata/labels/app.kubernetes.io~1name', 'metadata.labels["app.kubernetes.io/name"]'],
  ['/data/PAYMENTS_URL', 'data.PAYMENTS_URL'],
  ['/data/a~0b', 'data["a~b"]'],
  ['/data/', 'data[""]'],
  ['/data/x\u202ey', 'data["x\u202ey"]'],
])('%j reads %j', (pointer, text) => {
  expect(readablePath(pointer)).toBe(text)
})

test('tokens and pointer are each the other turned back', () => {
  for (const tokens of [[], ['a'], ['~', '/', '~1', '~0', ''], ['0', 'x.y/z']]) {
    expect(pathTokens(pointerOf(tokens))).toEqual(tokens)
  }
})

test('two paths never read alike', () => {
  expect(readablePath('/a.b/c')).not.toBe(readablePath('/a/b.c'))
  expect(readablePath('/a/b/c')).not.toBe(readablePath('/a.b.c'))
})
