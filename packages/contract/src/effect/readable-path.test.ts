import { expect, test } from 'vitest'
import { pointerOf } from '../json/json-pointer.ts'
import { pathTokens, readablePath } from './readable-path.ts'

test.each([
  ['', 'whole object'],
  ['/', 'whole object'],
  ['/spec/replicas', 'spec.replicas'],
  // Other servers write pointers without their first slash.
  ['spec/replicas', 'spec.replicas'],
  ['/a/10/b', 'a[10].b'],
  ['/a/1b', 'a["1b"]'],
  ['/a/b1', 'a.b1'],
  ['/a/-b', 'a["-b"]'],
  ['/a/b-c', 'a.b-c'],
  ['/$ref/größe/_x', '$ref.größe._x'],
  ['/spec/template/spec/containers/0/image', 'spec.template.spec.containers[0].image'],
  ['/metadata/labels/app.kubernetes.io~1name', 'metadata.labels["app.kubernetes.io/name"]'],
  ['/data/PAYMENTS_URL', 'data.PAYMENTS_URL'],
  ['/data/a~0b', 'data["a~b"]'],
  ['/data/', 'data[""]'],
  ['/data/x\u202ey', 'data["x\u202ey"]'],
])('%j reads %j', (pointer, text) => {
  expect(readablePath(pointer)).toBe(text)
})

test.each([
  [{ '/c/0': { name: 'web' }, '/c/0/env/2': { name: 'LOG_LEVEL' } }, 'c[name=web].env[name=LOG_LEVEL].value'],
  [{ '/c/0': { containerPort: 80, protocol: 'TCP' } }, 'c[containerPort=80 protocol=TCP].env[2].value'],
  [{ '/c/0': { host: 'a.b:80/c@d_$-' } }, 'c[host=a.b:80/c@d_$-].env[2].value'],
  [{ '/c/0': { name: ' web' } }, 'c[name=" web"].env[2].value'],
  [{ '/c/0': { name: 'web ' } }, 'c[name="web "].env[2].value'],
  [{ '/c/0': { name: '' } }, 'c[name=""].env[2].value'],
  [{ '/c/0': { name: 'a].b[name=c' } }, 'c[name="a].b[name=c"].env[2].value'],
])('elements %j go by their names', (elements, text) => {
  expect(readablePath('/c/0/env/2/value', elements as never)).toBe(text)
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
