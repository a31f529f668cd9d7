import { expect, test } from 'vitest'
import { namingKey } from './element-name.ts'

test.each<[string, unknown[][], string | undefined]>([
  ['containers, by their names', [[{ name: 'web', image: 'a' }, { name: 'log' }]], 'name'],
  ['two lists that share some', [[{ name: 'A' }], [{ name: 'B' }, { name: 'A' }]], 'name'],
  ['a list that was empty before', [[], [{ name: 'A' }]], 'name'],
  ['one volume mounted twice, by the places', [[mount('data', '/a'), mount('data', '/b')]], 'mountPath'],
  ['ports without names, by their numbers', [[{ containerPort: 80 }, { containerPort: 443 }]], 'containerPort'],
  ['owners, some of one kind', [[owner('1'), owner('2')]], 'uid'],
  ['plain values', [['-v', '--quiet']], undefined],
  ['a name that one of them lacks', [[{ name: 'A' }, { value: 'x' }]], undefined],
  ['a name that two of them have', [[{ name: 'A' }, { name: 'A' }]], undefined],
  ['a name that is no text', [[{ name: {} }]], undefined],
  ['a name that nobody gave', [[Object.create({ name: 'A' })]], undefined],
  ['nothing', [[], []], undefined],
])('%s', (_, lists, key) => {
  expect(namingKey(...lists)).toBe(key)
})

function mount(name: string, mountPath: string) {
  return { name, mountPath }
}

function owner(uid: string) {
  return { apiVersion: 'v1', kind: 'Node', name: 'one', uid }
}
