import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from './journal.ts'
import { Store } from './store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function openStore() {
  const journal = openJournal(folder)
  const store = new Store(journal, (change) => journal.append(change))
  journal.compact(store.all(), store.revision)
  return { journal, store }
}

const named = (name: string, data = '') => ({ kind: 'ConfigMap', metadata: { name }, data })

test('what was written is there again without any farewell, and what was removed is not', () => {
  const { store } = openStore()
  store.put('/configmaps', 'a', 'one', named('one'))
  store.put('/configmaps', 'a', 'two', named('two'))
  store.put('/configmaps', 'a', 'one', named('one', 'changed'))
  store.remove('/configmaps', 'a', 'two')
  const again = openStore().store
  expect(again.list('/configmaps')).toEqual(store.list('/configmaps'))
  expect(again.revision).toBe(store.revision)
})

test('a line that was cut in the middle is as if it had never been, and the file is written again', () => {
  const { store } = openStore()
  store.put('/configmaps', 'a', 'one', named('one'))
  appendFileSync(join(folder, 'state-0.jsonl'), '{"resource":"/configmaps","namesp')
  const again = openStore()
  expect(again.store.list('/configmaps')).toHaveLength(1)
  expect(readdirSync(folder)).toEqual(['state-1.jsonl'])
  again.store.put('/configmaps', 'a', 'two', named('two'))
  expect(openStore().store.list('/configmaps')).toHaveLength(2)
})

test('versions go on from where they were, also when the last change was a removal', () => {
  const { store } = openStore()
  store.put('/configmaps', 'a', 'one', named('one'))
  store.remove('/configmaps', 'a', 'one')
  appendFileSync(join(folder, 'state-0.jsonl'), '{')
  openStore()
  const { store: third } = openStore()
  expect(third.put('/configmaps', 'a', 'two', named('two')).metadata).toMatchObject({ resourceVersion: '3' })
})

test('a file that has grown long is written again while it is in use', () => {
  const { store, journal } = openStore()
  store.listen(() => journal.compact(store.all(), store.revision))
  for (let count = 0; count < 20_100; count++) store.put('/configmaps', 'a', 'one', named('one', String(count)))
  expect(readdirSync(folder)).toEqual(['state-1.jsonl'])
  expect(openStore().store.list('/configmaps')).toEqual(store.list('/configmaps'))
})
