import { expect, test } from 'vitest'
import { nameUnder, namingKey } from './element-name.ts'

test.each<[string, unknown[][], string | undefined]>([
  ['containers, by their names', [[{ name: 'web', image: 'a' }, { name: 'log' }]], 'name'],
  ['two lists that share some', [[{ name: 'A' }], [{ name: 'B' }, { name: 'A' }]], 'name'],
  ['a list that was empty before', [[], [{ name: 'A' }]], 'name'],
  ['one volume mounted twice, by the places', [[mount('data', '/a'), mount('data', '/b')]], 'mountPath'],
  ['ports without names, by their numbers', [[{ containerPort: 80 }, { containerPort: 443 }]], 'containerPort'],
  ['owners, some of one kind', [[owner('1'), owner('2')]], 'uid'],
  ['ports of a Service, by their numbers', [[{ port: 80 }, { port: 443 }]], 'port'],
  ['rules of an Ingress, by their hosts', [[{ host: 'a.example' }, { host: 'b.example' }]], 'host'],
  ['paths of an Ingress', [[{ path: '/a' }, { path: '/b' }]], 'path'],
  ['addresses', [[{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]], 'ip'],
  ['tolerations', [[{ key: 'a' }, { key: 'b' }]], 'key'],
  ['conditions', [[{ type: 'Ready' }, { type: 'Synced' }]], 'type'],
  ['nothing at all where an element should be', [[null]], undefined],
  ['plain values', [['-v', '--quiet']], undefined],
  ['a name that one of them lacks', [[{ name: 'A' }, { value: 'x' }]], undefined],
  ['a name that two of them have', [[{ name: 'A' }, { name: 'A' }]], undefined],
  ['a name that two of one list have', [[{ name: 'A' }], [{ name: 'A' }, { name: 'A' }]], undefined],
  ['a name that is no text', [[{ name: {} }]], undefined],
  ['a name that nobody gave', [[Object.create({ name: 'A' })]], undefined],
  ['nothing', [[], []], undefined],
])('%s', (_, lists, key) => {
  expect(namingKey(...lists)).toBe(key)
})

test('only an object has a value that can be its name', () => {
  expect(nameUnder({ port: 80 }, 'port')).toBe(80)
  expect(nameUnder({ port: true }, 'port')).toBeUndefined()
  expect(nameUnder('web', 'length')).toBeUndefined()
})

function mount(name: string, mountPath: string) {
  return { name, mountPath }
}

function owner(uid: string) {
  return { apiVersion: 'v1', kind: 'Node', name: 'one', uid }
}
