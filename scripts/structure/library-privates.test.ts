import { expect, test } from 'vitest'
import { findLibraryPrivates } from './library-privates.ts'
import { parseTexts } from './parse-texts.fixture.ts'

const found = (text: string, path = 'a.ts') =>
  findLibraryPrivates(parseTexts({ [path]: `import { Pool, createThing } from 'library'\n${text}` })).map(
    ({ what }) => what,
  )

test.each([
  ['a field', 'node._write(1)'],
  ['a field in brackets', `node['_write'](1)`],
  ['a field of what it extends', 'class A extends Pool { a() { return this._ending } }'],
  ['a field taken out', 'const { _clients: clients } = pool'],
  ['a hidden type', `type Schema = (typeof db)['_']`],
])('%s that is private is found', (_, text) => {
  expect(found(text)).toEqual([expect.stringContaining('is private to its library')])
})

test.each([
  ['a prototype', 'Pool.prototype.query = query'],
  ['a method of a new object', 'const pool = new Pool()\npool.query = () => 1'],
  ['a method of a made object', 'const thing = await createThing()\nthing.run = async function () {}'],
  ['a method of a parameter', 'function f(pool: Pool) { pool.query = () => 1 }'],
])('%s that is replaced is found', (_, text) => {
  expect(found(text)).toEqual([expect.stringContaining('is assigned to an object of a library')])
})

test.each([
  ['Object.assign', 'const f = (pool: Pool) => Object.assign(pool, { query })'],
  ['Reflect.get', `const f = (pool: Pool) => Reflect.get(pool, 'clients')`],
  ['Reflect.set', `const f = <P extends object>(pool: P) => Reflect.set(pool, 'clients', [])`],
  ['Object.defineProperty', `Object.defineProperty(Pool, 'max', { value: 1 })`],
])('%s on what belongs to a library is found', (name, text) => {
  expect(found(text)).toEqual([`${name} on an object of a library`])
})

test.each([
  ['fields of the wire', 'result._meta = job._class'],
  ['a handler that is there to be set', 'const pool = new Pool()\npool.onerror = () => 1'],
  ['a setting', 'const pool = new Pool()\npool.max = 3'],
  ['what a ref holds', 'const ref = createThing(0)\nref.current = () => 1\nObject.assign(ref.current, { a: 1 })'],
  ['an own object', 'const own = { a: 1 }\nObject.assign(own, { b: 2 })'],
  ['a parameter that is not used', 'each((_, _index) => 1)'],
  ['a private field of an own class', 'class A { #a = 1; b() { return this.#a } }'],
])('%s are no private members', (_, text) => {
  expect(found(text)).toEqual([])
})

test('a test may answer for its own proxy', () => {
  expect(found('const proxied = (target: object) => Reflect.get(target, name)', 'a.test.ts')).toEqual([])
})
